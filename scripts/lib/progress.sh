# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Sourced beside common.sh by scripts that people watch: headlines, and steps that show that they are still at it.
# Colours and lines that are written over only on a terminal.

bold='' green='' red='' dim='' normal=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' dim=$'\e[2m' normal=$'\e[0m'
fi

headline() { printf '\n%s%s%s\n' "$bold" "$*" "$normal"; }

# The group of processes of the step that runs, to end it with, and the process that shows its time.
step_group='' step_ticker=''
group_runs() { cat /proc/[0-9]*/stat 2>/dev/null | sed 's/.*) //' | awk -v group="$1" '$3 == group && $1 != "Z" { runs = 1 } END { exit !runs }'; }
end_step() {
    local group=$step_group
    [ -z "$step_ticker" ] || kill "$step_ticker" 2>/dev/null || true
    [ -n "$group" ] || return 0
    step_group=
    kill -INT -- "-$group" 2>/dev/null || true
    # What runs through sudo takes signals from root only; apt finishes the package that it is at.
    [ "$(id -u)" = 0 ] || sudo -n kill -INT -- "-$group" 2>/dev/null || true
    for _ in {1..1200}; do group_runs "$group" || return 0; sleep 0.1; done
    kill -KILL -- "-$group" 2>/dev/null || true
}
trap end_step EXIT
trap 'echo; echo "stopped" >&2; exit 130' INT
trap 'exit 143' TERM HUP

# tick TEXT LOG BEGAN: shows the time of the step that runs until it is killed.
tick() {
    local text=$1 log=$2 began=$3 seconds last
    while sleep 0.2; do
        seconds=$((SECONDS - began))
        if [ -t 1 ]; then
            last=$(tail -c 200 "$log" | tr '\r' '\n' | grep -v '^ *$' | tail -n 1 | tr -cd '[:print:]' | cut -c1-40 || true)
            printf '\r\e[K  %-56s %4d s  %s%s%s' "$text" "$seconds" "$dim" "$last" "$normal"
        elif [ "$seconds" -gt 0 ] && [ $((seconds % 30)) = 0 ]; then
            printf '  %-56s %4d s so far\n' "$text" "$seconds"
            sleep 0.8
        fi
    done
}

# step TEXT REMARK COMMAND...: runs the command with its output in build/step.log, shows the time that it takes, and on
# failure the log's end. On a terminal the line counts the seconds; elsewhere there is a line every 30 seconds.
# The shell itself does nothing but wait: a Ctrl-C that meets it with a child in the foreground can be lost, because
# bash leaves it to a child that ends as usual.
step() {
    local text=$1 remark=$2 log=$LAGO_ROOT/build/step.log began=$SECONDS status=0
    shift 2
    [ ! -t 1 ] || printf '\r\e[K  %-56s %4d s' "$text" 0
    set -m
    "$@" >"$log" 2>&1 </dev/null &
    step_group=$!
    set +m
    tick "$text" "$log" "$began" &
    step_ticker=$!
    wait "$step_group" || status=$?
    step_group=
    kill "$step_ticker" 2>/dev/null || true
    wait "$step_ticker" 2>/dev/null || true
    step_ticker=
    [ ! -t 1 ] || printf '\r\e[K'
    if [ "$status" != 0 ]; then
        printf '  %-56s %sfailed%s\n' "$text" "$red" "$normal"
        tail -n 40 "$log" >&2
        die "\"$text\" failed; the whole log: build/step.log"
    fi
    printf '  %-56s %s%4d s%s%s\n' "$text" "$green" $((SECONDS - began)) "$normal" "${remark:+  }$remark"
}
