#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Validation and file functions against the installed ansible-core.
. "$(dirname "$0")/../lib/stage.sh"

pytest_stage tests/oracle
