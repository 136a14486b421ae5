#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The staged collection and the role's repository: ansible-lint's production profile, what stages and packs them, and the
# tests of what came out.
. "$(dirname "$0")/../lib/stage.sh"

build_preset "release-$NATIVE" collection role
staged=build/collection/ansible_collections/mash/lago
lint=$(scripts/setup/venv.sh lint)
check "ansible-lint production" env LC_ALL=C.UTF-8 PATH="$lint/bin:$PATH" ANSIBLE_COLLECTIONS_PATH="$LAGO_ROOT/build/collection" \
    "$lint/bin/ansible-lint" --offline --profile production --project-dir "$staged" "$staged"
pytest_stage tests/unit/spec || failed=yes
pytest_stage tests/packaging || failed=yes
[ -z "${failed:-}" ]
