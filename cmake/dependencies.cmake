# SPDX-License-Identifier: GPL-3.0-or-later
# The foreign libraries, from LAGO_DEPS and nowhere else, under the target names that their own projects use:
# OpenSSL::Crypto, OpenSSL::SSL, PostgreSQL::PostgreSQL, PostgreSQL::internal, hiredis::hiredis, hiredis::hiredis_ssl,
# nlohmann_json::nlohmann_json, httplib::httplib, yaml-cpp::yaml-cpp, Catch2::Catch2WithMain.
list(PREPEND CMAKE_PREFIX_PATH ${LAGO_DEPS})
set(CMAKE_FIND_USE_PACKAGE_REGISTRY OFF)
set(CMAKE_FIND_USE_SYSTEM_PACKAGE_REGISTRY OFF)

set(OPENSSL_ROOT_DIR ${LAGO_DEPS})
set(OPENSSL_USE_STATIC_LIBS ON)
find_package(OpenSSL 3 REQUIRED)
find_package(yaml-cpp REQUIRED PATHS ${LAGO_DEPS} NO_DEFAULT_PATH)
find_package(Catch2 3 QUIET PATHS ${LAGO_DEPS} NO_DEFAULT_PATH)

function(lago_foreign_library name archive)  # [include folder]... -- headers are not ours: no warnings from them
    if(archive)
        add_library(${name} STATIC IMPORTED GLOBAL)
        set_target_properties(${name} PROPERTIES IMPORTED_LOCATION ${LAGO_DEPS}/lib/${archive})
    else()
        add_library(${name} INTERFACE IMPORTED GLOBAL)
    endif()
    target_include_directories(${name} SYSTEM INTERFACE ${LAGO_DEPS}/include ${ARGN})
endfunction()

lago_foreign_library(PostgreSQL::PostgreSQL libpq.a)
target_link_libraries(PostgreSQL::PostgreSQL INTERFACE OpenSSL::SSL OpenSSL::Crypto)
lago_foreign_library(PostgreSQL::internal "" ${LAGO_DEPS}/include/postgresql/internal)
target_link_libraries(PostgreSQL::internal INTERFACE PostgreSQL::PostgreSQL)
lago_foreign_library(hiredis::hiredis libhiredis.a)
lago_foreign_library(hiredis::hiredis_ssl libhiredis_ssl.a)
target_link_libraries(hiredis::hiredis_ssl INTERFACE hiredis::hiredis OpenSSL::SSL OpenSSL::Crypto)
lago_foreign_library(nlohmann_json::nlohmann_json "")
lago_foreign_library(httplib::httplib "")

# lago_versions.hpp: what `lago --version` says is linked in. The pins are its source; a unit test holds it against
# what the libraries say themselves.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/dependencies.json)
file(READ ${CMAKE_CURRENT_LIST_DIR}/dependencies.json pins)
string(JSON count LENGTH "${pins}")
math(EXPR last "${count} - 1")
set(rows "")
set(rows_count 0)
foreach(index RANGE ${last})
    string(JSON name MEMBER "${pins}" ${index})
    string(JSON linked GET "${pins}" ${name} linked)
    string(JSON version GET "${pins}" ${name} version)
    if(linked)
        string(APPEND rows "    {\"${name}\", \"${version}\"},\n")
        math(EXPR rows_count "${rows_count} + 1")
    endif()
endforeach()
file(CONFIGURE OUTPUT generated/lago_versions.hpp @ONLY CONTENT
"// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string_view>

namespace lago {

struct LinkedVersion {
    std::string_view name, version;
};

inline constexpr std::string_view lago_version = \"@PROJECT_VERSION@\";
inline constexpr std::array<LinkedVersion, @rows_count@> linked_versions = {{
@rows@}};

}  // namespace lago
")
