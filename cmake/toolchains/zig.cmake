# SPDX-License-Identifier: GPL-3.0-or-later
# Release compiler: zig's clang with musl and libc++. LAGO_ARCH is x86_64 or aarch64; LAGO_TOOLS is the folder with the
# wrappers that scripts/setup/deps.sh made. Without it (a first configure by preset) that script is run.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${LAGO_ARCH})
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LAGO_ARCH LAGO_TOOLS LAGO_DEPS)

if(NOT LAGO_TOOLS)
    include(${CMAKE_CURRENT_LIST_DIR}/../prefix.cmake)
    set(LAGO_TOOLS ${LAGO_DEPS}/tools CACHE PATH "compiler wrappers" FORCE)
endif()

set(CMAKE_C_COMPILER ${LAGO_TOOLS}/${LAGO_ARCH}-linux-musl-cc)
set(CMAKE_CXX_COMPILER ${LAGO_TOOLS}/${LAGO_ARCH}-linux-musl-c++)
foreach(tool AR RANLIB)
    string(TOLOWER ${tool} name)
    set(CMAKE_${tool} ${LAGO_TOOLS}/zig-${name} CACHE FILEPATH "")
    set(CMAKE_C_COMPILER_${tool} ${LAGO_TOOLS}/zig-${name} CACHE FILEPATH "")
    set(CMAKE_CXX_COMPILER_${tool} ${LAGO_TOOLS}/zig-${name} CACHE FILEPATH "")
endforeach()

set(CMAKE_FIND_ROOT_PATH ${LAGO_DEPS})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind LIBRARY INCLUDE PACKAGE)
    set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()

if(NOT LAGO_ARCH STREQUAL CMAKE_HOST_SYSTEM_PROCESSOR)
    find_program(LAGO_EMULATOR NAMES qemu-${LAGO_ARCH}-static qemu-${LAGO_ARCH})
    if(LAGO_EMULATOR)
        set(CMAKE_CROSSCOMPILING_EMULATOR ${LAGO_EMULATOR})
    endif()
endif()
