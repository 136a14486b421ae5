#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# collections.sh: the peers' collections (for benchmarks and comparisons) out of the `ansible` wheel; prints the
# collections path. No Galaxy server is asked.
. "$(dirname "$0")/../lib/common.sh"

version=12.3.0
wanted=(community/postgresql community/general community/crypto community/docker
    community/library_inventory_filtering_v1 ansible/posix)
path=$LAGO_CACHE/collections/$version

build() {
    [ -d "$path" ] && return
    local work venv
    venv=$("$LAGO_ROOT/scripts/setup/venv.sh" fetch)
    mkdir -p "$LAGO_CACHE/collections"
    work=$(mktemp -d "$LAGO_CACHE/collections/.work.XXXXXX")
    say "fetching the peers' collections (ansible $version)"
    "$venv/bin/pip" download -q --disable-pip-version-check --no-deps --only-binary :all: --ignore-requires-python \
        -d "$work" "ansible==$version" >&2
    mkdir "$work/path"
    (cd "$work/path" && "$(system_python)" - "$work"/ansible-*.whl "${wanted[@]}" <<'X'
import sys, zipfile
wheel, *wanted = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    prefixes = tuple(f"ansible_collections/{name}/" for name in wanted)
    archive.extractall(members=[name for name in archive.namelist() if name.startswith(prefixes)])
X
    )
    mv "$work/path" "$path"
    rm -rf "$work"
}

with_lock collections build
echo "$path"
