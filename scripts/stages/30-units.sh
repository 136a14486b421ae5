#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of the dev build: the inner loop.
. "$(dirname "$0")/../lib/stage.sh"

build_preset dev
unit_tests dev
pytest_stage tests/unit/spec
