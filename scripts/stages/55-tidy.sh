#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# clang-tidy on our own sources, with the compile commands of the dev build. A file whose inputs did not change since it
# was found clean is not read again.
. "$(dirname "$0")/../lib/stage.sh"

run_logged build/tidy-configure.log cmake --preset dev
mapfile -t generated < <(ninja -C build/dev -t targets all | sed -n 's/^\(generated\/[^:]*_spec\.cpp\): .*/\1/p')
[ ${#generated[@]} = 0 ] || run_logged build/tidy-generate.log ninja -C build/dev "${generated[@]}"
"$(system_python)" -B scripts/lint/tidy.py
