// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/name.hpp"

#include <catch2/catch_test_macros.hpp>

#include "core/failure.hpp"

using namespace lago;
using namespace lago::postgres;

TEST_CASE("a name is refused where PostgreSQL would cut or misread it", "[postgres][name]") {
    CHECK(Identifier(std::string(63, 'x'), "name").string().size() == 63);
    CHECK_NOTHROW(Identifier("a \"b\".c; DROP", "name"));
    CHECK_THROWS_AS(Identifier("", "name"), Failure);
    CHECK_THROWS_AS(Identifier(std::string(64, 'x'), "name"), Failure);
    CHECK_THROWS_AS(Identifier(std::string("a\0b", 3), "name"), Failure);
    CHECK_THROWS_AS(Identifier("\xc3", "name"), Failure);
}

TEST_CASE("the refusal names the option", "[postgres][name]") {
    try {
        const Identifier refused("", "owner");
        FAIL("an empty name was taken");
    } catch (const Failure& failure) {
        CHECK(failure.what.find("owner") != std::string::npos);
        CHECK(failure.kind == "bad_name");
    }
}

TEST_CASE("a text may be empty, but not hold a NUL or a megabyte", "[postgres][name]") {
    CHECK_NOTHROW(Text("", "version"));
    CHECK_THROWS_AS(Text(std::string("1\0", 2), "version"), Failure);
    CHECK_THROWS_AS(Text(std::string(1 << 20, '1'), "version"), Failure);
}

TEST_CASE("an encoding is known by any of its spellings", "[postgres][name]") {
    CHECK(encoding_name("utf-8") == "UTF8");
    CHECK(encoding_name("Unicode") == "UTF8");
    CHECK(encoding_name("iso_8859_1") == "LATIN1");
    CHECK_FALSE(encoding_name("klingon"));
}
