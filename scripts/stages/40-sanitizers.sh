#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests under the address and undefined behaviour sanitizers.
. "$(dirname "$0")/../lib/stage.sh"

build_preset asan
unit_tests asan
