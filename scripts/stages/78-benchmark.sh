#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The benchmark works and compares unchanged tasks: one round of it. Its figures are not judged here.
. "$(dirname "$0")/../lib/stage.sh"

pytest_stage tests/benchmark
