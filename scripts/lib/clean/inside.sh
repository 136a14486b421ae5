#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# inside.sh root|sudo "FIRST SECOND" COMMAND...: what scripts/clean-run starts inside its container. Runs the command
# twice in the clone, within the limits in seconds, and looks for what it left behind.
set -euo pipefail
export LC_ALL=C

who=$1
read -r -a limits <<<"$2"
shift 2

as_user() {
    if [ "$who" = root ]; then "$@"; else setpriv --reuid=somebody --regid=somebody --init-groups "$@"; fi
}

# What is there, one line each: processes but for this script's own, temporary files, users, what blocks services.
traces() {
    local process
    for process in /proc/[0-9]*; do
        if [ "${process#/proc/}" != $$ ] && [ "$(ps_parent "$process")" != $$ ]; then
            tr '\0' ' ' <"$process/cmdline" 2>/dev/null | sed 's/^/process: /' || true
        fi
    done
    find /tmp /var/tmp /dev/shm -mindepth 1 -maxdepth 1
    ls -d /usr/sbin/policy-rc.d "$HOME/.ansible" 2>/dev/null || true
    awk -F: '$3 >= 1000 { print "user: " $1 }' /etc/passwd
}
# What this script's ended children have used, in whole seconds: fields 16 and 17, in hundredths.
cpu_seconds() { sed 's/.*) //' /proc/$$/stat | awk '{ print int(($14 + $15) / 100) }'; }
ps_parent() { sed -n 's/^PPid:\t//p' "$1/status" 2>/dev/null || true; }

if [ -d /usr/local/share/ca-certificates ] && ls /usr/local/share/ca-certificates/*.crt >/dev/null 2>&1; then
    # Only where this network has certificate authorities of its own; nothing else needs the package so early.
    apt-get -qq update >/dev/null && apt-get install -qq -y --no-install-recommends ca-certificates >/dev/null 2>&1
    update-ca-certificates >/dev/null 2>&1
fi

cd "$HOME/mash-lago"
traces | sort -u >/run/before
status=0
figures=()
for run in first second; do
    printf '\n=== the %s run\n' "$run"
    began=$SECONDS cpu=$(cpu_seconds)
    as_user "$@" </dev/null || { status=1; echo "FAILED: the $run run ended with an error"; }
    seconds=$((SECONDS - began))
    limit=${limits[0]}
    [ "$run" = first ] || limit=${limits[1]}
    figures+=("$run run: $seconds s of at most $limit s, with $(($(cpu_seconds) - cpu)) s of processor time, on $(nproc) cores with a load of $(cut -d' ' -f1-3 /proc/loadavg)")
    [ "$seconds" -le "$limit" ] || { status=1; echo "FAILED: the $run run took $seconds s, more than $limit s"; }
    traces | sort -u >/run/after
    if ! diff /run/before /run/after; then status=1; echo "FAILED: the $run run left something behind"; fi
done
echo
printf '%s\n' "${figures[@]}"
exit "$status"
