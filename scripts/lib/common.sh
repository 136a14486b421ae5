# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Sourced by every script of this folder's neighbours. Gives the paths, messages on stderr, locks, and sudo where it is needed.

set -euo pipefail
export LC_ALL=C TZ=UTC

LAGO_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
LAGO_CACHE=${LAGO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mash-lago}
LAGO_JOBS=${LAGO_JOBS:-$(nproc)}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1767225600}
export LAGO_ROOT LAGO_CACHE LAGO_JOBS SOURCE_DATE_EPOCH
mkdir -p "$LAGO_CACHE"

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# The system's Python: present on every supported distribution once packages.sh has run, and not changed by a pyenv shim.
system_python() { if [ -x /usr/bin/python3 ]; then echo /usr/bin/python3; else command -v python3; fi; }

pin() { "$(system_python)" "$LAGO_ROOT/scripts/lib/pins.py" "$@"; }

# as_root COMMAND...: as it is for root, else through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo -n true 2>/dev/null || say "sudo may ask for your password: $*"; sudo "$@"
    else die "this needs root and there is no sudo: $*"
    fi
}

# hash_of FILE...: one short hash of the names (below the project) and contents of files and folders.
hash_of() {
    (cd "$LAGO_ROOT" && find "$@" -type f ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
}

# debian_source RELEASE: a line of apt sources for that Debian release, from this machine's own Debian mirror.
debian_source() {
    local uri
    uri=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | sort -u |
        awk '$1 ~ /debian\/?$/ && $2 !~ /security|updates|backports/ { print $1; exit }')
    [ -n "$uri" ] || die "no Debian mirror in this machine's apt sources"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $1 main"
}

# with_lock NAME COMMAND...: two runs at once take turns.
with_lock() {
    local name=$1 status=0
    shift
    mkdir -p "$LAGO_CACHE/locks"
    exec {lock_fd}>"$LAGO_CACHE/locks/$name"
    flock -n "$lock_fd" || { say "waiting for another run that holds \"$name\" ..."; flock "$lock_fd"; }
    "$@" || status=$?
    exec {lock_fd}>&-
    return "$status"
}

# run_logged LOG COMMAND...: quiet when it works, the log's end when it does not.
run_logged() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null || { tail -n 40 "$log" >&2; die "failed: $* (whole log: $log)"; }
}
