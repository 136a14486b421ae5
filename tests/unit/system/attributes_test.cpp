// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/attributes.hpp"

#include <cerrno>

#include <catch2/catch_test_macros.hpp>

#include "folder.hpp"

namespace lago::system {

TEST_CASE("inode flags change as chattr would", "[system][attributes]") {
    CHECK(changed_inode_flags("e", "+i") == "ie");
    CHECK(changed_inode_flags("ie", "-i") == "e");
    CHECK(changed_inode_flags("iAe", "=d") == "de");
    CHECK(changed_inode_flags("iAe", "dA") == "dAe");
    CHECK(changed_inode_flags("e", "-e") == "e");
    CHECK(changed_inode_flags("ie", "=") == "e");
    CHECK(changed_inode_flags("e", "+z").error().number == EINVAL);
}

TEST_CASE("a flag is set on a real file and taken away again", "[system][attributes]") {
    const TestFolder folder;
    const Path path = folder.file("f", "x");
    const auto before = read_inode_flags(path);
    REQUIRE(before);
    const auto done = set_inode_flags(path, "+d");
    if (!done) SKIP("this file system has no inode flags: " << done.error().message());
    CHECK(read_inode_flags(path) == changed_inode_flags(*before, "+d"));
    REQUIRE(set_inode_flags(path, "-d"));
    CHECK(read_inode_flags(path) == before);
}

}  // namespace lago::system
