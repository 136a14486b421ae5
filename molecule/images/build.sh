#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# build.sh BASE: builds the stand-ins on that image and pushes them to the engine's registry under the names of the real
# ones. Called by scripts/setup/images.sh, with DOCKER_HOST set. What is there by the same recipe is left.
. "$(dirname "$0")/../../scripts/lib/common.sh"

base=$1
here=$LAGO_ROOT/molecule/images
registry=$("$LAGO_ROOT/scripts/setup/engine.sh" registry)
# The behaviour of a sign-up by release is the one that lago_signup is tested with.
signup=tests/integration/lago_signup/standin.py
releases=module_utils/lago/releases.json

# TARGET VERSION NAME...
images() {
    local version
    for version in 1.20.0 1.25.0 1.28.1 1.29.0 1.31.0 1.32.0 1.34.0 1.41.0 1.42.0 1.43.0 1.44.0 1.45.0 1.51.0; do
        echo "api v$version getlago/api:v$version"
        echo "front v$version getlago/front:v$version"
    done
    echo "pdf v0.0.0 getlago/lago-gotenberg:7 getlago/lago-gotenberg:7.8.2 getlago/lago-gotenberg:8 getlago/lago-gotenberg:8.15"
    echo "partman v0.0.0 getlago/postgres-partman:15.0-alpine"
    echo "postgres v0.0.0 library/postgres:15-alpine library/postgres:16-alpine library/postgres:17-alpine"
    echo "redis v0.0.0 library/redis:7-alpine"
    echo "valkey v0.0.0 valkey/valkey:8-alpine"
}

recipe=$({ hash_of molecule/images "$signup" "$releases"; docker image inspect -f '{{.Id}}' "$base"; } | sha256sum | cut -c1-16)
marker=$LAGO_CACHE/engine/registry/standins-$recipe
[ ! -e "$marker" ] || exit 0

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
cp -r "$here"/{Dockerfile,api,front,pdf,postgres,redis} "$context"
cp "$LAGO_ROOT/$signup" "$context/signup.py"
cp "$LAGO_ROOT/$releases" "$context"
say "making the stand-ins"
while read -r target version names; do
    run_logged "$LAGO_CACHE/engine/standins.log" docker build --target "$target" --build-arg BASE="$base" \
        --build-arg VERSION="$version" -t "mash-lago/standin:$target-$version" "$context"
    for name in $names; do
        docker tag "mash-lago/standin:$target-$version" "$registry/$name"
        run_logged "$LAGO_CACHE/engine/push.log" docker push "$registry/$name"
    done
done < <(images)
docker image prune -f >/dev/null
rm -f "$LAGO_CACHE/engine/registry/standins-"*
touch "$marker"
