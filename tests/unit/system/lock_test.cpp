// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include <catch2/catch_test_macros.hpp>

#include "folder.hpp"
#include "system/write.hpp"

namespace lago::system {

namespace {

Deadline soon() {
    return Deadline::after(std::chrono::milliseconds(50));
}

}  // namespace

TEST_CASE("a folder is locked once, by whatever name", "[system][lock]") {
    const TestFolder folder;
    REQUIRE(::mkdir((folder / "d").c_str(), 0755) == 0);
    REQUIRE(::symlink("d", (folder / "other").c_str()) == 0);
    {
        const auto held = FolderLock::take({folder / "d", folder / "other", folder / "d"}, soon());
        REQUIRE(held);
        CHECK(FolderLock::take({folder / "other"}, soon()).error().number == ETIMEDOUT);
        CHECK(FolderLock::take({folder.path()}, soon()).has_value());
    }
    CHECK(FolderLock::take({folder / "other"}, soon()).has_value());
}

TEST_CASE("a folder that is not there stands for its nearest parent", "[system][lock]") {
    const TestFolder folder;
    const auto held = FolderLock::take({folder / "a/b/c"}, soon());
    REQUIRE(held);
    CHECK(FolderLock::take({folder.path()}, soon()).error().number == ETIMEDOUT);
    folder.file("f", "");
    CHECK(FolderLock::take({folder / "f/x"}, soon()).error().number == ETIMEDOUT);
}

TEST_CASE("what a killed run left is removed, what a living one holds is not", "[system][lock]") {
    const TestFolder folder;
    folder.file(".lago_tmp_abandoned", "secret");
    REQUIRE(::symlink("x", (folder / ".lago_tmp_link").c_str()) == 0);
    folder.file(".other_tmp", "");
    const auto living = StagedFile::write(folder / "f", "x", {});
    REQUIRE(living);
    REQUIRE(FolderLock::take({folder.path()}, soon()));
    CHECK(folder.count() == 2);
}

TEST_CASE("a waiting run goes on when the lock is given back", "[system][lock]") {
    const TestFolder folder;
    int ready[2] = {};
    REQUIRE(::pipe(ready) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto held = FolderLock::take({folder.path()}, soon());
        ::write(ready[1], "x", 1);
        ::usleep(200'000);
        ::_exit(held ? 0 : 1);
    }
    char byte = 0;
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    CHECK(FolderLock::take({folder.path()}, Deadline::after(std::chrono::seconds(20))).has_value());
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
    ::close(ready[0]);
    ::close(ready[1]);
}

}  // namespace lago::system
