#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# host.sh start NAME RELEASE [OPTION...]   a host with systemd and an engine of its own, as container NAME of engine.sh's
# host.sh stop NAME...                     ends hosts, with their volumes
#
# RELEASE is bookworm or trixie (images.sh makes the image); each OPTION goes to `docker run` (a mount, a published port).
# `docker exec NAME …` or the connection community.docker.docker reach it. Its engine pulls docker.io's names from the
# registry of engine.sh alone, so that a name that is not there fails at once.
. "$(dirname "$0")/../lib/common.sh"

DOCKER_HOST=$("$LAGO_ROOT/scripts/setup/engine.sh" status) || die "start the engine first: scripts/setup/engine.sh start"
export DOCKER_HOST

# Whether systemd has come up, whole or with a failed unit, and the engine inside answers with a driver that can nest.
is_up() {
    docker exec "$1" sh -c '
        case $(systemctl is-system-running) in running | degraded) ;; *) exit 1 ;; esac
        docker info -f {{.Driver}}' 2>/dev/null | grep -q .
}

start() {
    local name=$1 release=$2 registry
    shift 2
    registry=$("$LAGO_ROOT/scripts/setup/engine.sh" registry)
    # With systemd's control groups of two versions at once, runc 1.1.15 looks for those of `docker exec` in the wrong place.
    if [ "$release" != bookworm ] && [ "$(docker info -f '{{.CgroupVersion}}')" = 1 ]; then
        set -- -v "$LAGO_ROOT/molecule/shared/daemon-cgroupfs.json:/etc/docker/daemon.json:ro" "$@"
    fi
    docker run -d --name "$name" --hostname "$name" --label mash.lago.test=host \
        --cap-add ALL --cap-drop SYS_RESOURCE --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
        --cgroupns host -v /sys/fs/cgroup:/sys/fs/cgroup:rw --tmpfs /run:exec --tmpfs /run/lock -v /var/lib/docker \
        --stop-signal SIGRTMIN+3 --add-host "mirror.test:${registry%:*}" \
        --add-host registry-1.docker.io:127.0.0.1 --add-host auth.docker.io:127.0.0.1 "$@" \
        "mash-lago/host:$release" /lib/systemd/systemd >/dev/null
    for _ in {1..240}; do
        is_up "$name" && return
        sleep 0.25
    done
    docker exec "$name" sh -c 'systemctl --failed; journalctl -n 30 --no-pager' >&2 || true
    die "$name has not come up within a minute"
}

stop() {
    docker stop -t 20 "$@" >/dev/null 2>&1 || true
    docker rm -fv "$@" >/dev/null 2>&1 || true
}

action=${1:-}
[ $# -gt 1 ] || { sed -n '3,4s/^# //p' "$0" >&2; exit 2; }
shift
case $action in
    start) start "$@" ;;
    stop) stop "$@" ;;
    *) die "host.sh start or stop, not \"$action\"" ;;
esac
