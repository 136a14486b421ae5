#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The pinned dependencies for each compiler family, built once into the cache; virtual environments are filled beside
# the builds. Each archive of a release family must be the one that everybody else built.
. "$(dirname "$0")/../lib/stage.sh"

scripts/setup/sources.sh >/dev/null
downloads=$(mktemp)
trap 'rm -f "$downloads"' EXIT
(
    for venv in newest lint packaging servers $(cd tests/requirements && printf '%s\n' core-*.txt | sed 's/\.txt//'); do
        scripts/setup/venv.sh "$venv" || true
    done
) >"$downloads" 2>&1 &

check "dependencies for clang" scripts/setup/deps.sh clang
for arch in x86_64 aarch64; do
    check "dependencies for zig-$arch" scripts/setup/deps.sh "zig-$arch"
    check "archives for zig-$arch are the known ones" scripts/setup/dependency-sums.sh --check "zig-$arch"
done
wait
