#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# partman.sh: fetches pg_partman 5 for the tests (Debian's package for PostgreSQL 17: SQL and a control file) into the
# cache, from the machine's own Debian mirror; prints the folder with its files.
. "$(dirname "$0")/../lib/common.sh"

folder=$LAGO_CACHE/partman
[ -f "$folder/pg_partman.control" ] && { echo "$folder"; exit; }

source=$(debian_source trixie)
mkdir -p "$LAGO_CACHE"
work=$(mktemp -d "$LAGO_CACHE/.partman.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/package"
echo "$source" >"$work/sources.list"
options=(-qq -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User="$(id -un)")
apt-get "${options[@]}" update >&2
(cd "$work" && apt-get "${options[@]}" download postgresql-17-partman >&2 && dpkg-deb -x postgresql-17-partman_*.deb package)
chmod -R a+rX "$work/package"
mv "$work/package/usr/share/postgresql/17/extension" "$folder"
echo "$folder"
