#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The binary that ships, its unit tests (this is the standard library that users get), and what was promised about it.
. "$(dirname "$0")/../lib/stage.sh"

build_preset "release-$NATIVE"
unit_tests "release-$NATIVE" || failed=yes
if [ -x "build/release-$NATIVE/lago" ]; then
    scripts/check-release "build/release-$NATIVE/lago" || failed=yes
else
    skip "the build made no lago"
fi
[ -z "${failed:-}" ]
