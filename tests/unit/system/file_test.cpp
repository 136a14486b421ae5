// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <catch2/catch_test_macros.hpp>

#include "folder.hpp"

namespace lago::system {

TEST_CASE("missing means missing, and nothing else", "[system][file]") {
    const TestFolder folder;
    CHECK(read_attributes(folder / "none")->kind == FileKind::missing);
    folder.file("f", "abc", 0640);
    CHECK(read_attributes(folder / "f/below")->kind == FileKind::missing);
    const auto file = read_attributes(folder / "f");
    REQUIRE(file);
    CHECK(file->kind == FileKind::regular);
    CHECK(file->mode == 0640);
    CHECK(file->size == 3);
    CHECK(file->uid == ::geteuid());
    CHECK(read_attributes(folder.path())->kind == FileKind::directory);
    REQUIRE(::symlink("loop", (folder / "loop").c_str()) == 0);
    CHECK(read_attributes(folder / "loop").error().number == ELOOP);
    CHECK(read_attributes(folder / "loop", false)->link_target == "loop");
}

TEST_CASE("links are followed to the end, also to a place that is empty", "[system][file]") {
    const TestFolder folder;
    folder.file("f", "");
    REQUIRE(::symlink("f", (folder / "a").c_str()) == 0);
    REQUIRE(::symlink((folder / "a").c_str(), (folder / "b").c_str()) == 0);
    REQUIRE(::symlink("nowhere", (folder / "dangling").c_str()) == 0);
    REQUIRE(::symlink("loop", (folder / "loop").c_str()) == 0);
    CHECK(follow_links(folder / "b") == folder / "f");
    CHECK(follow_links(folder / "f") == folder / "f");
    CHECK(follow_links(folder / "dangling") == folder / "nowhere");
    CHECK(follow_links(folder / "loop").error().number == ELOOP);
}

TEST_CASE("only regular files of the allowed size are read", "[system][file]") {
    const TestFolder folder;
    const std::string bytes("a\0\xff\n", 4);
    CHECK(read_file(folder.file("f", bytes)) == bytes);
    CHECK(read_file(folder.file("empty", "")) == "");
    CHECK(read_file(folder.file("large", std::string(100'000, 'x')))->size() == 100'000);
    CHECK(read_file(folder / "f", 3).error().number == EFBIG);
    CHECK(read_file(folder / "f", 4)->size() == 4);
    CHECK(read_file(folder.path()).error().number == EISDIR);
    CHECK(read_file(folder / "none").error().number == ENOENT);
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    CHECK(read_file(folder / "pipe").error().number == EINVAL);
    CHECK(read_file(Path("/proc/self/status", "path"))->starts_with("Name:"));
    CHECK(read_secret_file(folder / "f")->size() == 4);
    CHECK(read_file(folder / "none").error().message() ==
          "cannot open " + (folder / "none").string() + ": No such file or directory");
}

TEST_CASE("mount points are known", "[system][file]") {
    const TestFolder folder;
    CHECK(is_mount_point(Path("/", "path")));
    CHECK(is_mount_point(Path("/proc", "path")));
    CHECK_FALSE(is_mount_point(folder.path()));
    CHECK_FALSE(is_mount_point(folder / "none"));
}

}  // namespace lago::system
