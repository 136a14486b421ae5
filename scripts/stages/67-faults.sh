#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The binary that ships, with an error or a kill at each system call that writes.
. "$(dirname "$0")/../lib/stage.sh"

pytest_stage tests/faults
