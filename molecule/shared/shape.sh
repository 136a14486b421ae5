#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# shape.sh collection|role FOLDER: installs what has been built for a scenario (molecule's step "dependency"):
# the collection from the release's tarball, or the role as a git repository named in a requirements.yml, as `lago`.
. "$(dirname "$0")/../../scripts/lib/common.sh"

target=${2:?a folder}
rm -rf "$target/collections" "$target/roles" "$target/repository"
export LC_ALL=C.UTF-8
mkdir -p "$target/collections" "$target/roles"

case ${1:-} in
    collection)
        ansible-galaxy collection install --offline --no-deps -p "$target/collections" "$LAGO_ROOT"/build/mash-lago-*.tar.gz
        ;;
    role)
        # The content of the role's repository, committed and tagged as a release is.
        cp -r "$LAGO_ROOT/build/role" "$target/repository"
        git -C "$target/repository" init -q
        git -C "$target/repository" add -A
        git -C "$target/repository" -c user.name=release -c user.email=release@example.com commit -qm release
        git -C "$target/repository" tag v1.31.0-0
        printf -- '- {src: "git+file://%s", version: v1.31.0-0, name: lago}\n' "$target/repository" >"$target/requirements.yml"
        ansible-galaxy role install -r "$target/requirements.yml" -p "$target/roles/galaxy"
        ;;
    *) die "a shape: collection or role" ;;
esac
