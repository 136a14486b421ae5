#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# dependency-sums.sh [--check] FAMILY...: the sums of the archives of zig-x86_64 | zig-aarch64.
#
# Without --check they are written to cmake/dependencies.sha256sums (after a pin changed); with it they are compared.
. "$(dirname "$0")/../lib/common.sh"

list=$LAGO_ROOT/cmake/dependencies.sha256sums
mode="write"
[ "${1:-}" = --check ] && { mode=check; shift; }

sums() {  # FAMILY
    local prefix
    prefix=$("$LAGO_ROOT/scripts/setup/deps.sh" "$1")
    (cd "$prefix/lib" && sha256sum ./*.a) | sed "s#\./#$1/#"
}

for family in "$@"; do
    found=$(sums "$family")
    if [ "$mode" = check ]; then
        known=$(grep " $family/" "$list" || true)
        [ "$found" = "$known" ] || die "archives of $family differ from cmake/dependencies.sha256sums:
$(diff <(echo "$known") <(echo "$found") || true)"
    else
        { [ ! -f "$list" ] || grep -v " $family/" "$list" || true; echo "$found"; } | sort -k 2 >"$list.new"
        mv "$list.new" "$list"
    fi
done
