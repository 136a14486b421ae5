#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What a deployment relies on of the Redis and Valkey images: the server is the default command, any user, no protected mode.
set -e
case ${1:-} in -* | *.conf) set -- "$STANDIN_SERVER" "$@" ;; esac
if [ "${1:-}" = "$STANDIN_SERVER" ]; then
    if [ "$(id -u)" = 0 ]; then
        chown -R redis . 2>/dev/null || true
        exec setpriv --reuid=redis --regid=redis --init-groups "$0" "$@"
    fi
    exec "$@" --protected-mode no
fi
exec "$@"
