#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# packages.sh [--missing] [GROUP...]: installs the distribution's packages that a group needs; does nothing when all are
# there. With --missing it only prints the names of those that are not.
#
#   release  what the binary that ships is built with
#   build    compilers and tools for every preset (default)
#   test     what the tests start or call, beside `build`
#   engine   a Docker Engine with a registry, and what its images are made with
#
# Debian 12, 13 and Ubuntu 24.04 or newer. Names with alternatives ("a|b") take the first that the distribution has.
. "$(dirname "$0")/../lib/common.sh"

release=(ca-certificates git python3 python3-venv python3-yaml perl make cmake ninja-build ccache binutils xz-utils
    cargo)
build=("${release[@]}" libstdc++-12-dev clang-19 lld-19 libclang-rt-19-dev)
test=(clang-format-19 clang-tidy-19 shellcheck zstd strace time "qemu-user-static|qemu-user" openssh-server
    openssh-client sudo iproute2 util-linux postgresql redis-server busybox-static csh tcsh
    fish)
engine=(docker.io docker-cli docker-registry iptables iproute2 mmdebstrap)

command -v apt-get >/dev/null || die "only apt is known here: install by your own means: ${build[*]} ${test[*]} ${engine[*]}"

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
known() { [ -n "$(apt-cache madison "$1" 2>/dev/null)" ]; }

only_missing=
if [ "${1:-}" = --missing ]; then only_missing=yes; shift; fi
names=()
for group in "${@:-build}"; do
    case $group in
        release) names+=("${release[@]}") ;;
        build) names+=("${build[@]}") ;;
        test) names+=("${test[@]}") ;;
        engine) names+=("${engine[@]}") ;;
        *) die "no such group: $group" ;;
    esac
done

missing=()
for name in "${names[@]}"; do
    found=
    for alternative in ${name//|/ }; do installed "$alternative" && found=yes; done
    [ -n "$found" ] || case $name in
        # A toolchain from elsewhere does as well.
        cargo) command -v cargo >/dev/null || missing+=("$name") ;;
        docker.io) command -v dockerd >/dev/null || missing+=("$name") ;;
        docker-cli) command -v docker >/dev/null || missing+=("$name") ;;
        # Any libstdc++ of version 12 or newer.
        libstdc++-*) compgen -G '/usr/lib/gcc/*/1[2-9]/libstdc++.a' >/dev/null || missing+=("$name") ;;
        *) missing+=("$name") ;;
    esac
done
[ ${#missing[@]} -gt 0 ] || exit 0
if [ -n "$only_missing" ]; then printf '%s\n' "${missing[@]}"; exit 0; fi

install() {
    local chosen=() name alternative
    say "installing packages: ${missing[*]}"
    as_root apt-get -qq update >&2
    for name in "${missing[@]}"; do
        for alternative in ${name//|/ } ; do
            if known "$alternative"; then chosen+=("$alternative"); break; fi
        done
    done
    # Servers are only files here: the tests start their own, in folders of their own.
    local policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
        trap 'exit 130' INT TERM HUP
        printf '#!/bin/sh\nexit 101\n' | as_root sh -c "cat >$policy && chmod 755 $policy"
    fi
    # What an interrupted installation left is finished first: apt refuses to go on otherwise.
    [ -z "$(dpkg --audit)" ] || as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "${chosen[@]}" >&2
}
with_lock apt install
