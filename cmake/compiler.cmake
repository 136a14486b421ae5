# SPDX-License-Identifier: GPL-3.0-or-later
# How our own code is compiled: language, warnings, hardening, reproducibility. Foreign code is not touched by this.
option(LAGO_RELEASE "the small, static, reproducible binary that ships" OFF)
option(LAGO_FUZZ "build the fuzz targets" OFF)

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

find_program(LAGO_CCACHE ccache)
if(LAGO_CCACHE)
    # The release compiler is a wrapper script: its content names the compiler's version.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_COMPILERCHECK=content CCACHE_COMPILERTYPE=clang CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
        ${LAGO_CCACHE})
endif()

add_library(lago_options INTERFACE)
target_include_directories(lago_options INTERFACE ${PROJECT_SOURCE_DIR}/module_utils ${PROJECT_SOURCE_DIR}/modules
    ${PROJECT_BINARY_DIR}/generated)
target_compile_options(lago_options INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align
    -Wunused -Wno-missing-designated-field-initializers -Woverloaded-virtual -Wdouble-promotion -Wformat=2 -Wimplicit-fallthrough -Wnull-dereference -Werror
    -ffunction-sections -fdata-sections -fstack-protector-strong -fPIE
    # In the order of their length: of several that fit, the last one holds.
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}/= -ffile-prefix-map=${PROJECT_BINARY_DIR}/=build/)
if(LAGO_DEPS)
    target_compile_options(lago_options INTERFACE -ffile-prefix-map=${LAGO_DEPS}/=dependencies/)
endif()

if(LAGO_RELEASE)
    # The compiler turns the library's cheap checks off at this optimisation level: on again.
    target_compile_options(lago_options INTERFACE
        -U_LIBCPP_HARDENING_MODE -D_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_FAST)
    target_link_options(lago_options INTERFACE -static -pie -s -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,relro,-z,now
        -Wl,-z,noexecstack)
else()
    target_link_options(lago_options INTERFACE -pie -fuse-ld=lld)
endif()

# Every build proves that its compiler and library have what this code relies on.
add_library(lago_language_floor OBJECT ${PROJECT_SOURCE_DIR}/cmake/language_floor.cpp)
target_link_libraries(lago_language_floor PRIVATE lago_options)
