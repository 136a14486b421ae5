# SPDX-License-Identifier: GPL-3.0-or-later
# LAGO_DEPS: the prefix with this compiler family's dependencies. Asked from scripts/setup/deps.sh, which builds them on
# the first call (some minutes) and answers at once afterwards; give -DLAGO_DEPS=FOLDER to use another one.
set(LAGO_FAMILY "clang" CACHE STRING "clang, zig-x86_64 or zig-aarch64")
set(LAGO_DEPS "" CACHE PATH "prefix with the dependencies; empty: built by scripts/setup/deps.sh")

if(NOT LAGO_DEPS OR (LAGO_DEPS_AUTOMATIC AND NOT DEFINED LAGO_DEPS_ASKED))
    execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/../scripts/setup/deps.sh ${LAGO_FAMILY}
        OUTPUT_VARIABLE prefix OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE status)
    if(status)
        message(FATAL_ERROR "scripts/setup/deps.sh ${LAGO_FAMILY} failed: see its words above")
    endif()
    set(LAGO_DEPS ${prefix} CACHE PATH "prefix with the dependencies" FORCE)
    set(LAGO_DEPS_AUTOMATIC ON CACHE INTERNAL "LAGO_DEPS follows the pins")
    set(LAGO_DEPS_ASKED ON)
endif()
