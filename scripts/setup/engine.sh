#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# engine.sh start [PID]   a Docker Engine for the tests and a registry beside it; prints the engine's DOCKER_HOST
# engine.sh stop [PID]    gives it back; the last user's stop ends both
# engine.sh status        prints DOCKER_HOST when it runs, else exits with 1
# engine.sh registry      prints ADDRESS:PORT of the registry, as containers of the engine reach it
#
#   export DOCKER_HOST=$(scripts/setup/engine.sh start $$)
#   trap 'scripts/setup/engine.sh stop $$' EXIT
#
# The engine is private: own socket, bridge and data (images and volumes survive in $LAGO_CACHE/engine), beside a Docker
# that the machine may have. PID (default: the caller) is the process that uses it; a user that has died no longer counts.
# Exit status 77, with the reason on stderr: this machine cannot run an engine, which is a reason to skip a test.
. "$(dirname "$0")/../lib/common.sh"

state=$LAGO_CACHE/engine
# Two caches on one machine have two engines: their addresses differ.
number=$((16#$(printf %s "$state" | sha256sum | cut -c1-4) % 200 + 1))
run=/run/mash-lago-engine-$number
bridge=mash-lago-$number
address=10.213.$number.1
registry=$address:5000
socket=unix://$run/docker.sock
users=$state/users
mkdir -p "$users"

cannot() { say "no Docker Engine for the tests: $*"; exit 77; }
answers() { timeout 20 docker -H "$socket" version >/dev/null 2>&1; }
# runs NAME PIDFILE: whether the process of that file is still the program of that name.
runs() { local pid; pid=$(cat "$2" 2>/dev/null) && [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ]; }

ensure_packages() {
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null || cannot "it needs root, or sudo that asks for no password"
    "$LAGO_ROOT/scripts/setup/packages.sh" engine || cannot "its packages cannot be installed"
    PATH=$PATH:/usr/sbin:/sbin
}

start_engine() {
    answers && return
    local log=$state/dockerd.log
    if runs dockerd "$run/dockerd.pid"; then end_process "$run/dockerd.pid"; fi
    as_root mkdir -p "$run"
    as_root rm -f "$run/dockerd.pid" "$run/docker.sock"
    ip link show "$bridge" >/dev/null 2>&1 || as_root ip link add name "$bridge" type bridge 2>"$log" ||
        cannot "a bridge cannot be made: $(tail -n 1 "$log")"
    as_root ip address replace "$address/24" dev "$bridge"
    as_root ip link set "$bridge" up
    printf '{"insecure-registries": ["%s"]}\n' "$registry" >"$state/daemon.json"
    # shellcheck disable=SC2024
    as_root setsid dockerd --config-file "$state/daemon.json" --host "$socket" --group "$(id -g)" \
        --data-root "$state/data" --exec-root "$run/exec" --pidfile "$run/dockerd.pid" --bridge "$bridge" \
        --default-address-pool base=10.214.0.0/16,size=24 </dev/null >"$log" 2>&1 {lock_fd}>&- &
    local starter=$!
    for _ in {1..300}; do
        answers && return
        kill -0 "$starter" 2>/dev/null || runs dockerd "$run/dockerd.pid" || break
        sleep 0.2
    done
    tail -n 20 "$log" >&2
    cannot "dockerd does not come up here (whole log: $log)"
}

registry_answers() { (exec 3<>"/dev/tcp/$address/5000") 2>/dev/null; }
start_registry() {
    registry_answers && return
    cat >"$state/registry.yml" <<Y
version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: $state/registry}
  delete: {enabled: true}
http: {addr: "$registry"}
Y
    setsid docker-registry serve "$state/registry.yml" </dev/null >"$state/registry.log" 2>&1 {lock_fd}>&- &
    echo $! >"$state/registry.pid"
    for _ in {1..100}; do registry_answers && return; sleep 0.1; done
    tail -n 5 "$state/registry.log" >&2
    cannot "the registry beside it does not come up (whole log: $state/registry.log)"
}

end_process() {
    local pid
    pid=$(cat "$1" 2>/dev/null) || return 0
    as_root kill "$pid" 2>/dev/null || true
    for _ in {1..300}; do [ -e "/proc/$pid" ] || break; sleep 0.1; done
    as_root rm -f "$1"
}

in_use() {
    local file
    for file in "$users"/*; do
        [ -e "$file" ] || continue
        if [ -e "/proc/${file##*/}" ]; then return 0; fi
        rm -f "$file"
    done
    return 1
}

start() {
    ensure_packages
    start_engine
    start_registry
    touch "$users/$1"
}

stop() {
    rm -f "$users/$1"
    if in_use; then return; fi
    if runs dockerd "$run/dockerd.pid"; then end_process "$run/dockerd.pid"; fi
    if runs docker-registry "$state/registry.pid"; then end_process "$state/registry.pid"; fi
    if ip link show "$bridge" >/dev/null 2>&1; then as_root ip link delete "$bridge"; fi
    as_root rm -rf "$run"
}

case ${1:-} in
    start) with_lock engine start "${2:-$PPID}"; echo "$socket" ;;
    stop) with_lock engine stop "${2:-$PPID}" ;;
    status) answers && echo "$socket" ;;
    registry) echo "$registry" ;;
    *) sed -n '3,6s/^# //p' "$0" >&2; exit 2 ;;
esac
