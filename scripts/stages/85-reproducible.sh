#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Our code built again, in another folder and without a compiler cache, is the same file.
. "$(dirname "$0")/../lib/stage.sh"

first=build/release-$NATIVE/lago
build_preset "release-$NATIVE"
if [ ! -x "$first" ]; then
    skip "the build made no lago"
    exit 0
fi
again=$(mktemp -d)
trap 'rm -rf "$again"' EXIT
mkdir "$again/some-other-place"
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$again/some-other-place"
(
    cd "$again/some-other-place" || exit 1
    run_logged "$again/build.log" cmake --preset "release-$NATIVE" -DLAGO_CCACHE=
    run_logged "$again/build.log" cmake --build --preset "release-$NATIVE" -j "$LAGO_JOBS" --target lago
)
sha256sum "$first" "$again/some-other-place/$first"
check "two builds, one file" cmp "$first" "$again/some-other-place/$first"
