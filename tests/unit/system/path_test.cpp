// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/path.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "core/failure.hpp"

namespace lago::system {

TEST_CASE("a path is absolute and tidy", "[system][path]") {
    CHECK(Path("/a//b/./c/", "path").string() == "/a/b/c");
    CHECK(Path("/", "path").string() == "/");
    CHECK(Path("//", "path").string() == "/");
    CHECK(Path("/a/../b", "path").string() == "/a/../b");
    CHECK(Path("/a/b", "path").parent().string() == "/a");
    CHECK(Path("/a", "path").parent().string() == "/");
    CHECK(Path("/", "path").parent().string() == "/");
    CHECK(Path("/a/b", "path").name() == "b");
    CHECK(Path("/a", "path").beside("c").string() == "/c");
    CHECK(Path("/", "path").child("c").string() == "/c");
    CHECK(Path("/a", "path").child("c").string() == "/a/c");
}

TEST_CASE("a relative path, an empty one and a NUL are refused by the option's name", "[system][path]") {
    for (const std::string& bad :
         {std::string("a/b"), std::string(), std::string("/a\0b", 4), std::string("~/x")}) {
        try {
            const Path path(bad, "entries.path");
            FAIL("accepted");
        } catch (const Failure& failure) {
            CHECK(failure.kind == "bad_path");
            CHECK(failure.what.find("entries.path") != std::string::npos);
        }
    }
}

}  // namespace lago::system
