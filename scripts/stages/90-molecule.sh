#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# 90-molecule.sh [SCENARIO...]: the role on hosts with real systemd and Docker, as it ships, with stand-ins for Lago's images
# (molecule/README.md). Each step of a scenario counts. Alone and last: it starts an engine and whole hosts.
. "$(dirname "$0")/../lib/stage.sh"

status=0
mkdir -p build
DOCKER_HOST=$(scripts/setup/engine.sh start $$ 2>build/engine.log) || status=$?
if [ "$status" = 77 ]; then
    skip "$(tail -n 1 build/engine.log)"
    exit 0
fi
[ "$status" = 0 ] || { cat build/engine.log >&2; exit 1; }
export DOCKER_HOST LAGO_RUN=$$

tidy_up() {
    local left job
    for job in $(jobs -p); do pkill -P "$job" || true; done
    left=$(docker ps -aq --filter "label=mash.lago.run=$LAGO_RUN")
    # shellcheck disable=SC2086
    [ -z "$left" ] || docker rm -fv $left >/dev/null
    scripts/setup/engine.sh stop $$
}
trap tidy_up EXIT
trap 'exit 130' INT TERM HUP

build_preset "release-$NATIVE" collection role
began=$SECONDS
scripts/setup/images.sh
printf 'images after %d s\n' $((SECONDS - began))
[ $# -gt 0 ] || pytest_stage tests/molecule_images

venv=$(scripts/setup/venv.sh molecule)
LAGO_COLLECTIONS=$(scripts/setup/collections.sh)
export LAGO_COLLECTIONS LC_ALL=C.UTF-8 PATH=$venv/bin:$PATH
mapfile -t scenarios < <(cd molecule && ls -d */molecule.yml)
[ $# -gt 0 ] || set -- "${scenarios[@]%/molecule.yml}"

run_scenario() {  # NAME
    local started=$SECONDS
    molecule -c molecule/base.yml test -s "$1" >"build/molecule-$1.log" 2>&1 </dev/null || true
    echo $((SECONDS - started)) >"build/molecule-$1.seconds"
    printf '%s has ended\n' "$1"
}

# Two at a time: most of a scenario's time is waiting for a host to start something.
running=0
for scenario; do
    [ "$running" -lt 2 ] || { wait -n || true; running=$((running - 1)); }
    run_scenario "$scenario" &
    running=$((running + 1))
done
wait
for scenario; do
    log=build/molecule-$scenario.log
    counts=$("$(system_python)" scripts/lib/counts.py molecule "$log")
    [[ $counts == *" 0 0" ]] || sed 's/\x1b\[[0-9;]*m//g' "$log" | tail -n 150
    printf '%s, %d s: ' "$scenario" "$(cat "build/molecule-$scenario.seconds")"
    add_counts "$counts"
done
