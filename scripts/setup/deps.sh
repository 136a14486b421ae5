#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# deps.sh FAMILY: the prefix with the dependencies built for clang | zig-x86_64 | zig-aarch64; prints its path.
#
# Built once into the cache, under a hash of the pins, the recipe and the compiler: whatever changes one of these makes
# a new prefix. Written beside its place and renamed, so that a prefix that exists is complete.
. "$(dirname "$0")/../lib/common.sh"

family=${1:?clang, zig-x86_64 or zig-aarch64}
case $family in
    clang)
        command -v clang++-19 >/dev/null || die "clang++-19 is missing: run scripts/setup/packages.sh"
        compiler=$(clang-19 --version; ldd --version | sed -n 1p) ;;
    zig-x86_64 | zig-aarch64) compiler=zig-$(pin get zig version) ;;
    *) die "no such family: $family (clang, zig-x86_64, zig-aarch64)" ;;
esac
recipe=$(hash_of scripts/setup/build-deps.sh cmake/deps cmake/toolchains)
prefix=$LAGO_CACHE/deps/$family-$({ pin fingerprint; echo "$recipe $compiler"; } | sha256sum | cut -c1-12)

build() {
    [ -d "$prefix" ] && return
    local work status=0
    mkdir -p "$LAGO_CACHE/deps"
    find "$LAGO_CACHE/deps" -maxdepth 1 -name ".$family.*" -exec rm -rf {} +
    work=$(mktemp -d "$LAGO_CACHE/deps/.$family.XXXXXX")
    "$LAGO_ROOT/scripts/setup/sources.sh" >/dev/null
    say "building the dependencies for $family (once; some minutes on two cores)"
    "$LAGO_ROOT/scripts/setup/build-deps.sh" "$family" "$work" >&2 || status=$?
    [ "$status" = 0 ] || die "the dependencies for $family could not be built; logs: $work"
    mv "$work/prefix" "$prefix"
    rm -rf "$work"
}

[ -d "$prefix" ] || with_lock "deps-$family" build
echo "$prefix"
