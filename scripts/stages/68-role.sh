#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The role, as it is staged, on the oldest and the newest ansible-core, with real PostgreSQL and Redis servers.
. "$(dirname "$0")/../lib/stage.sh"

build_preset "release-$NATIVE" collection
pytest_stage tests/role
