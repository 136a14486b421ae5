#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Form: C++ layout, YAML, shell, the house's own rules, generated docs that are up to date.
. "$(dirname "$0")/../lib/stage.sh"

mapfile -t cpp < <(git ls-files --cached --others --exclude-standard '*.cpp' '*.hpp')
mapfile -t yaml < <(git ls-files --cached --others --exclude-standard '*.yml' '*.yaml')
mapfile -t shell < <(git ls-files --cached --others --exclude-standard scripts .ci 'molecule/*.sh' | while read -r file; do
    if [ -f "$file" ] && head -n 1 "$file" | grep -qE '^#!.*(bash|sh)$|^# SPDX' && [[ $file != *.py && $file != *.yml ]]; then
        echo "$file"
    fi
done)

check "clang-format (${#cpp[@]} files)" clang-format-19 --dry-run -Werror "${cpp[@]}"
lint=$(scripts/setup/venv.sh lint)
check "yamllint (${#yaml[@]} files)" "$lint/bin/yamllint" --strict -c .yamllint "${yaml[@]}"
check "shellcheck (${#shell[@]} files)" shellcheck --severity=warning --external-sources --source-path=SCRIPTDIR "${shell[@]}"
check "house rules" "$(system_python)" -B scripts/lint/rules.py
check "the role's documented variables" "$(system_python)" -B scripts/lint/role_docs.py --check
