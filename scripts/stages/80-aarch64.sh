#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The binary for the other architecture, run under user-mode emulation.
. "$(dirname "$0")/../lib/stage.sh"

other=aarch64
[ "$NATIVE" = aarch64 ] && other=x86_64
emulator=$(command -v "qemu-$other-static" || command -v "qemu-$other" || true)
build_preset "release-$other"
if [ -z "$emulator" ]; then
    skip "no qemu-$other-static: the binary for $other was built, not run"
    exit 0
fi
unit_tests "release-$other" || failed=yes
if [ -x "build/release-$other/lago" ]; then
    scripts/check-release --emulator "$emulator" "build/release-$other/lago" || failed=yes
else
    skip "the build made no lago"
fi
[ -z "${failed:-}" ]
