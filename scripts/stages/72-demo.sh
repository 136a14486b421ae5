#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The demo: what it shows, and that nothing is left of it, also of one that is interrupted.
. "$(dirname "$0")/../lib/stage.sh"

if [ "$NATIVE" != x86_64 ]; then
    skip "the demo's servers are packages for x86_64"
    exit 0
fi
pytest_stage tests/demo
