// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <catch2/catch_test_macros.hpp>

#include "folder.hpp"
#include "system/mode.hpp"
#include "system/write.hpp"

namespace lago::system {

TEST_CASE("a folder is made with its mode, once", "[system][tree]") {
    const TestFolder folder;
    REQUIRE(make_directory(folder / "d", {.uid = {}, .gid = {}, .mode = 0750, .secontext = {}}));
    CHECK(mode_of(folder / "d") == 0750);
    CHECK(make_directory(folder / "d", {}).error().number == EEXIST);
    CHECK(make_directory(folder / "none/d", {}).error().number == ENOENT);
    REQUIRE(make_directory(folder / "e", {}));
    CHECK(mode_of(folder / "e") == (0777U & ~current_umask()));
}

TEST_CASE("a tree is removed, what its links point to is not", "[system][tree]") {
    const TestFolder folder;
    folder.file("outside", "x");
    REQUIRE(::mkdir((folder / "d").c_str(), 0755) == 0);
    REQUIRE(::mkdir((folder / "d/e").c_str(), 0755) == 0);
    folder.file("d/e/f", "x");
    REQUIRE(::symlink((folder / "outside").c_str(), (folder / "d/link").c_str()) == 0);
    REQUIRE(::symlink(folder.path().c_str(), (folder / "d/up").c_str()) == 0);
    REQUIRE(remove_tree(folder / "d"));
    CHECK(folder.count() == 1);
    CHECK(remove_tree(folder / "d"));
    CHECK(remove_file(folder / "d"));
}

TEST_CASE("the root and mount points are refused", "[system][tree]") {
    CHECK(remove_tree(Path("/", "path")).error().number == EBUSY);
    CHECK(remove_tree(Path("/proc", "path")).error().number == EBUSY);
}

}  // namespace lago::system
