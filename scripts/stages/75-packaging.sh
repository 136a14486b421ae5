#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The staged collection: ansible-lint's production profile and, where they are there, the packaging tests.
. "$(dirname "$0")/../lib/stage.sh"

if ! grep -q 'add_custom_target(collection' CMakeLists.txt cmake/*.cmake; then
    skip "there is no target \"collection\" yet"
    exit 0
fi
build_preset "release-$NATIVE" collection
staged=build/collection/ansible_collections/mash/lago
lint=$(scripts/setup/venv.sh lint)
if [ -d roles ] || [ -d playbooks ]; then
    check "ansible-lint production" env PATH="$lint/bin:$PATH" ANSIBLE_COLLECTIONS_PATH="$LAGO_ROOT/build/collection" \
        "$lint/bin/ansible-lint" --offline --profile production --project-dir "$staged" "$staged"
fi
pytest_stage tests/packaging
