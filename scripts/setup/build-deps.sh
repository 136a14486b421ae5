#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# build-deps.sh FAMILY FOLDER: builds the pinned dependencies from the cache's downloads into FOLDER/prefix.
# Called by deps.sh. Two builds in different folders give the same archives.
. "$(dirname "$0")/../lib/common.sh"

family=$1
work=$(cd "$2" && pwd -P)
prefix=$work/prefix
sources=$work/sources
mkdir -p "$prefix/tools" "$sources" "$work/build"

# --- the compiler ------------------------------------------------------------------------------------------------
# OpenSSL keeps the compiler's name and flags: wrappers are found on PATH by name, and the flags that hold a path
# stand inside them.
zig_folder() {
    local folder
    folder=$LAGO_CACHE/zig-$(pin get zig version)
    if [ ! -d "$folder" ]; then
        rm -rf "$folder.part"
        "$(system_python)" -m zipfile -e "$LAGO_CACHE/downloads/$(pin get zig file)" "$folder.part"
        chmod +x "$folder.part/ziglang/zig"
        mv "$folder.part" "$folder"
    fi
    echo "$folder/ziglang"
}

make_wrappers() {  # ARCH
    local arch=$1 zig language tool
    zig=$(with_lock zig zig_folder)
    for language in cc c++; do
        # Without an optimisation level zig builds in debug mode; whatever the caller passes comes later and wins.
        # LAGO_ASSEMBLER is the answer to OpenSSL's assembly code, which asks for the assembler's version.
        cat >"$prefix/tools/$arch-linux-musl-$language" <<X
#!/bin/sh
: "\${ZIG_GLOBAL_CACHE_DIR:=$LAGO_CACHE/zig-cache}" "\${ZIG_LOCAL_CACHE_DIR:=$LAGO_CACHE/zig-cache}"
export ZIG_GLOBAL_CACHE_DIR ZIG_LOCAL_CACHE_DIR
case "\${LAGO_ASSEMBLER:+asked} \$1" in "asked -v" | "asked -Wa,-v") echo "\$LAGO_ASSEMBLER"; exit ;; esac
exec "$zig/zig" $language -target $arch-linux-musl -Os -fno-sanitize=undefined -ffile-prefix-map="$zig=zig" \\
    \${LAGO_BUILD_ROOT:+-ffile-prefix-map="\$LAGO_BUILD_ROOT=."} "\$@"
X
    done
    for tool in ar ranlib; do
        printf '#!/bin/sh\nexec "%s/zig" %s "$@"\n' "$zig" "$tool" >"$prefix/tools/zig-$tool"
    done
    chmod +x "$prefix"/tools/*
}

# zig builds musl and libc++ on first use, with pages of warnings.
warm_up() {  # ARCH
    printf '#include <string>\nint main(int n, char** v) { return std::string(v[0]).size() == std::size_t(n); }\n' >"$work/warm.cpp"
    printf 'int main(void) { return 0; }\n' >"$work/warm.c"
    run_logged "$work/build/warm-up.log" "$1-linux-musl-cc" -fPIE -pie -static "$work/warm.c" -o "$work/warm"
    run_logged "$work/build/warm-up.log" "$1-linux-musl-c++" -fPIE -pie -static -std=c++23 "$work/warm.cpp" -o "$work/warm"
}

export LAGO_BUILD_ROOT=$work
optimise_c=
optimise="-ffunction-sections -fdata-sections -fstack-protector-strong -fPIE"
case $family in
    clang)
        arch=$(uname -m)
        optimise="-O2 $optimise -ffile-prefix-map=$work=."
        openssl_tools=(CC=clang-19)
        toolchain=(-DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19) ;;
    zig-*)
        arch=${family#zig-}
        optimise="-Os $optimise"
        # No exception goes through C.
        optimise_c="-fno-unwind-tables -fno-asynchronous-unwind-tables"
        make_wrappers "$arch"
        PATH=$prefix/tools:$PATH
        openssl_tools=(CC="$arch-linux-musl-cc" AR=zig-ar RANLIB=zig-ranlib)
        toolchain=(-DCMAKE_TOOLCHAIN_FILE="$LAGO_ROOT/cmake/toolchains/zig.cmake" -DLAGO_ARCH="$arch"
            -DLAGO_TOOLS="$prefix/tools" -DLAGO_DEPS="$prefix")
        with_lock "zig-warm-up-$arch" warm_up "$arch" ;;
esac

# --- the sources -------------------------------------------------------------------------------------------------
unpack() {  # NAME: sets `unpacked`
    local archive
    archive=$LAGO_CACHE/downloads/$(pin get "$1" file)
    unpacked=$sources/$1
    mkdir -p "$unpacked"
    case $archive in
        *.whl) "$(system_python)" -m zipfile -e "$archive" "$unpacked" ;;
        *) tar -xf "$archive" -C "$unpacked" --strip-components=1 --no-same-owner ;;
    esac
}

report() { printf '  %-12s %4d s\n' "$1" $((SECONDS - started)); started=$SECONDS; }

# What nobody here uses is left out: the size of the binary is a promise. MD5 and SHA-1 stay (md5 passwords, PKCS#1
# fingerprints). The host's openssl.cnf is not read.
build_openssl() {
    unpack openssl
    mkdir -p "$work/build/openssl"
    cd "$work/build/openssl"
    run_logged configure.log env "${openssl_tools[@]}" perl "../../sources/openssl/openssl/Configure" "linux-$arch" \
        --prefix=/usr --libdir=lib --openssldir=/etc/ssl --release \
        no-shared no-tests no-apps no-docs no-module no-dso no-engine no-legacy no-async no-comp no-zlib \
        no-autoload-config no-ui-console no-filenames no-makedepend no-pinshared \
        no-ssl3 no-tls1 no-tls1_1 no-dtls no-quic no-srtp no-srp no-psk no-nextprotoneg no-ct no-ocsp no-ts no-cms no-cmp \
        no-rfc3779 no-gost no-idea no-md2 no-md4 no-mdc2 no-rc2 no-rc4 no-rc5 no-bf no-cast no-des no-seed no-camellia \
        no-aria no-sm2 no-sm3 no-sm4 no-whirlpool no-rmd160 no-siphash no-siv no-ocb no-scrypt no-argon2 no-blake2 no-dsa \
        no-ec2m no-ml-dsa no-ml-kem no-slh-dsa no-tls-deprecated-ec no-thread-pool no-default-thread-pool no-http no-dgram \
        no-dh no-cmac no-multiblock no-integrity-only-ciphers \
        $optimise $optimise_c
    # One that knows AVX2 but not AVX-512: that is 70 KB of code for a few handshakes and one key.
    run_logged build.log env LAGO_ASSEMBLER="GNU assembler version 2.24" make -s -j"$LAGO_JOBS" build_libs
    run_logged install.log make -s install_dev DESTDIR="$work/openssl"
    cp -r "$work/openssl/usr/." "$prefix/"
    rm -rf "$prefix/lib/cmake" "$prefix/lib/pkgconfig"
    cd "$work"
}

build_with_cmake() {  # NAME SOURCE OPTION...
    local name=$1 source=$2 log=$work/build/$1.log
    shift 2
    run_logged "$log" cmake -S "$source" -B "$work/build/$name" -G Ninja -DCMAKE_BUILD_TYPE=None "${toolchain[@]}" \
        -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF \
        -DOPENSSL_ROOT_DIR="$prefix" -DOPENSSL_USE_STATIC_LIBS=ON -DCMAKE_POLICY_VERSION_MINIMUM=3.5 \
        -DCMAKE_POLICY_DEFAULT_CMP0074=NEW -DCMAKE_CXX_STANDARD=20 \
        -DCMAKE_C_FLAGS="-DNDEBUG $optimise $optimise_c" -DCMAKE_CXX_FLAGS="-DNDEBUG $optimise" "$@"
    run_logged "$log" ninja -C "$work/build/$name" -j"$LAGO_JOBS" install
    report "$name"
}

started=$SECONDS
build_openssl
report openssl

unpack libpq
cp -r "$LAGO_ROOT/cmake/deps/libpq" "$sources/libpq-cmake"
build_with_cmake libpq "$sources/libpq-cmake" -DSOURCE="$unpacked" -DVERSION="$(pin get libpq version)"
unpack hiredis
cp -r "$LAGO_ROOT/cmake/deps/hiredis" "$sources/hiredis-cmake"
build_with_cmake hiredis "$sources/hiredis-cmake" -DSOURCE="$unpacked/vendor/hiredis"
unpack yaml-cpp
build_with_cmake yaml-cpp "$unpacked" -DYAML_CPP_BUILD_TESTS=OFF -DYAML_CPP_BUILD_TOOLS=OFF -DYAML_CPP_BUILD_CONTRIB=OFF
unpack catch2
build_with_cmake catch2 "$unpacked" -DCATCH_INSTALL_DOCS=OFF
unpack nlohmann-json
cp -r "$unpacked/nlohmann_json/include/nlohmann" "$prefix/include/"
unpack cpp-httplib
cp "$unpacked/httplib.h" "$prefix/include/"
rm -rf "$prefix/share" "$prefix/lib/pkgconfig"
