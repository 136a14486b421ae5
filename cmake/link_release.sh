#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# link_release.sh COMPILER ARGUMENT...: links as told, then once more with options that the compiler does not forward.
#
# The compiler says how it calls its linker; the second call adds to that: relative relocations packed, functions with
# the same code folded where nobody compares their addresses, and functions in an order that compresses well. A tenth of
# the size that is downloaded is saved.
. "$(dirname "$0")/../scripts/lib/common.sh"

options=(--pack-dyn-relocs=relr --icf=safe --bp-compression-sort=function)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

ZIG_VERBOSE_LINK=1 "$@" 2>"$log" || { cat "$log" >&2; exit 1; }
# Its line has no quotes, so that names with a space cannot be told apart: such a build is larger, and works.
[[ $PWD$LAGO_CACHE != *[[:space:]]* ]] || { say "linked once only: there is a space in $PWD or $LAGO_CACHE"; exit 0; }
read -ra linker < <(grep '^ld\.lld ' "$log" | tail -n 1) || die "the compiler did not say how it links"
"$LAGO_CACHE/zig-$(pin get zig version)/ziglang/zig" "${linker[@]}" "${options[@]}" 2>"$log" || { cat "$log" >&2; exit 1; }
