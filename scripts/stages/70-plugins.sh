#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The action plugins over OpenSSH, on each ansible-core of the matrix.
. "$(dirname "$0")/../lib/stage.sh"

build_preset "release-$NATIVE" lago
pytest_stage tests/plugins
