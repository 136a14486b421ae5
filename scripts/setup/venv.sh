#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# venv.sh NAME: a virtual environment with tests/requirements/NAME.txt in the cache; prints its path.
#
# The first line of a requirements file may say "# python: 3.9 3.11": the lowest and the highest Python it works with
# (the second may be left out). `newest` is the newest ansible-core that this machine's Pythons can run.
. "$(dirname "$0")/../lib/common.sh"

requirements=$LAGO_ROOT/tests/requirements

# Every Python 3 of this machine, newest first, "VERSION PATH".
pythons() {
    local path
    for path in /usr/bin/python3 /usr/bin/python3.[0-9]* /usr/local/bin/python3.[0-9]* "$HOME"/.pyenv/versions/3.*/bin/python3 \
        ${LAGO_PYTHONS:-}; do
        case $path in *config*) continue ;; esac
        [ -x "$path" ] && "$path" -c 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2], sys.executable)' 2>/dev/null
    done | sort -u | sort -rV
}

at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

# python_for NAME: path of the newest fitting Python, or nothing.
python_for() {
    local bounds lowest highest version path
    bounds=$(sed -n '1,3s/^# python: *//p' "$requirements/$1.txt")
    read -r lowest highest <<<"${bounds:-3.9}" || true
    while read -r version path; do
        if at_least "$version" "$lowest" && at_least "${highest:-$version}" "$version"; then echo "$path"; return; fi
    done <<<"$(pythons)"
}

newest() {
    local name
    for name in $(cd "$requirements" && printf '%s\n' core-*.txt | sort -rV); do
        name=${name%.txt}
        [ -n "$(python_for "$name")" ] && { echo "$name"; return; }
    done
    die "no Python of this machine can run any ansible-core of tests/requirements"
}

build() {  # NAME PYTHON PATH
    [ -f "$3/.complete" ] && return
    say "making the virtual environment \"$1\""
    rm -rf "$3"
    "$2" -m venv "$3"
    run_logged "$3/pip.log" "$3/bin/python" -m pip install --disable-pip-version-check --prefer-binary -r "$requirements/$1.txt"
    touch "$3/.complete"
}

name=${1:?a name below tests/requirements}
[ "$name" = newest ] && name=$(newest)
[ -f "$requirements/$name.txt" ] || die "there is no tests/requirements/$name.txt"
python=$(python_for "$name")
[ -n "$python" ] || die "no Python of this machine fits \"$(head -n 1 "$requirements/$name.txt")\" of tests/requirements/$name.txt"
hash=$({ cat "$requirements/$name.txt"; "$python" -VV; echo "$python"; } | sha256sum | cut -c1-12)
path=$LAGO_CACHE/venvs/$name-$hash
with_lock "venv-$name" build "$name" "$python" "$path"
echo "$path"
