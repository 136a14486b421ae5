#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# images.sh [NAME...]: makes images of Molecule's hosts and of the stand-ins, in the engine of engine.sh (start it first).
#
#   host-bookworm, host-trixie   mash-lago/host:bookworm, :trixie: systemd and Docker, for scripts/setup/host.sh
#   standins                     what the hosts' own engines pull by the real names (docker.io/getlago/api:v1.31.0,
#                                postgres:15-alpine ...): pushed to the engine's registry, which is the hosts' mirror
#
# Without a NAME all of them. What is there already, made by the same recipe (molecule/images/), is kept; archives of the
# Debian systems are in $LAGO_CACHE/images as well. Packages come from this machine's own Debian mirror.
. "$(dirname "$0")/../lib/common.sh"

DOCKER_HOST=$("$LAGO_ROOT/scripts/setup/engine.sh" status) || die "start the engine first: scripts/setup/engine.sh start"
export DOCKER_HOST DOCKER_BUILDKIT=0
recipes=$LAGO_ROOT/molecule/images
archives=$LAGO_CACHE/images
mkdir -p "$archives"

# debian RECIPE RELEASE: an archive of a minimal system with the recipe's packages and files, on stdout.
debian() {
    local packages options name
    packages=$(awk -v release="$2" '!/^#/ && NF && ($2 == "" || $2 == release) { print $1 }' "$recipes/$1/packages" | paste -sd ,)
    options=(--mode=root --variant=minbase --format=tar --quiet --aptopt='APT::Install-Recommends "false"'
        --dpkgopt=force-unsafe-io --dpkgopt=force-confold)
    for name in doc info locale man; do options+=("--dpkgopt=path-exclude=/usr/share/$name/*"); done
    # What nothing here calls, and is large.
    for name in '/usr/lib/*/libLLVM*' '/usr/lib/*/libz3*' '/usr/lib/postgresql/*/lib/bitcode/*' /usr/bin/ctr \
        /usr/bin/containerd-shim /usr/bin/containerd-shim-runc-v1; do options+=("--dpkgopt=path-exclude=$name"); done
    as_root mmdebstrap "${options[@]}" --essential-hook="copy-in $recipes/$1/root/etc /" --include="$packages" \
        --customize-hook='rm -f "$1/etc/resolv.conf" "$1/etc/hostname"' \
        --customize-hook='for timer in apt-daily apt-daily-upgrade e2scrub_all fstrim dpkg-db-backup; do ln -sf /dev/null "$1/etc/systemd/system/$timer.timer"; done' \
        "$2" - "$(debian_source "$2")"
}

recipe_of() { docker image inspect -f '{{index .Config.Labels "recipe"}}' "$1" 2>/dev/null || true; }

# make_system IMAGE RECIPE RELEASE
make_system() {
    local image=$1 recipe archive began=$SECONDS
    recipe=$({ hash_of "molecule/images/$2"; echo "$3"; declare -f debian; } | sha256sum | cut -c1-16)
    [ "$(recipe_of "$image")" != "$recipe" ] || return 0
    archive=$archives/$2-$3-$recipe.tar.zst
    if [ ! -f "$archive" ]; then
        say "making $image (once)"
        rm -f "$archives/$2-$3-"*
        debian "$2" "$3" 2>"$archives/$2-$3.log" | zstd -q -1 -T0 >"$archive.part" || { tail "$archives/$2-$3.log" >&2; die "$image cannot be made"; }
        mv "$archive.part" "$archive"
    fi
    zstd -qdc "$archive" | docker import -c "LABEL recipe=$recipe" -c 'ENV container=docker LANG=C.UTF-8' - "$image" >/dev/null
    say "$image is there after $((SECONDS - began)) s"
}

make() {
    case $1 in
        host-*) with_lock "image-$1" make_system "mash-lago/host:${1#host-}" host "${1#host-}" ;;
        standins)
            with_lock image-base make_system mash-lago/base:trixie base trixie
            [ ! -x "$recipes/build.sh" ] || with_lock image-standins "$recipes/build.sh" mash-lago/base:trixie
            ;;
        *) die "no such image: $1" ;;
    esac
}

[ $# -gt 0 ] || set -- host-bookworm host-trixie standins
made=()
for name in "$@"; do
    make "$name" &
    made+=($!)
done
status=0
for job in "${made[@]}"; do wait "$job" || status=1; done
exit "$status"
