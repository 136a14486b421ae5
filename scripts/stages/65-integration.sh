#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Each module against real servers.
. "$(dirname "$0")/../lib/stage.sh"

pytest_stage tests/integration
