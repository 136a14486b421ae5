// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/write.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <regex>

#include <catch2/catch_test_macros.hpp>

#include "folder.hpp"
#include "system/mode.hpp"

namespace lago::system {

TEST_CASE("a new file has the umask's mode, an existing one keeps its own", "[system][write]") {
    const TestFolder folder;
    REQUIRE(replace_file(folder / "new", "a", {}));
    CHECK(content_of(folder / "new") == "a");
    CHECK(mode_of(folder / "new") == (0666U & ~current_umask()));
    const Path kept = folder.file("kept", "old", 0751);
    REQUIRE(replace_file(kept, "new", {}));
    CHECK(content_of(kept) == "new");
    CHECK(mode_of(kept) == 0751);
    REQUIRE(replace_file(kept, Secret(std::string_view("secret")),
                         {.uid = {}, .gid = {}, .mode = 0600, .secontext = {}}));
    CHECK(content_of(kept) == "secret");
    CHECK(mode_of(kept) == 0600);
    CHECK(folder.count() == 2);
}

TEST_CASE("a staged file is not seen until it is committed, and leaves nothing", "[system][write]") {
    const TestFolder folder;
    const Path path = folder.file("f", "old");
    {
        const auto staged = StagedFile::write(path, "new", {});
        REQUIRE(staged);
        CHECK(content_of(path) == "old");
        CHECK(folder.count() == 2);
    }
    CHECK(folder.count() == 1);
    auto staged = StagedFile::write(path, "new", {});
    REQUIRE(staged);
    StagedFile moved = std::move(*staged);
    REQUIRE(moved.commit());
    CHECK(moved.committed());
    CHECK(content_of(path) == "new");
    CHECK(folder.count() == 1);
}

TEST_CASE("what cannot be staged says which folder", "[system][write]") {
    const TestFolder folder;
    folder.file("f", "");
    CHECK(StagedFile::write(folder / "none/x", "", {}).error().number == ENOENT);
    CHECK(StagedFile::write(folder / "f/x", "", {}).error().number == ENOTDIR);
    const auto staged = StagedFile::write(Path("/proc/x", "path"), "", {});
    REQUIRE_FALSE(staged);
    CHECK(staged.error().path == "/proc");
}

TEST_CASE("a file is not renamed over a folder", "[system][write]") {
    const TestFolder folder;
    REQUIRE(::mkdir((folder / "d").c_str(), 0755) == 0);
    auto staged = StagedFile::write(folder / "d", "x", {});
    REQUIRE(staged);
    const auto done = staged->commit();
    REQUIRE_FALSE(done);
    CHECK(done.error().number == EISDIR);
    CHECK_FALSE(staged->committed());
    CHECK(folder.count() == 1);
}

TEST_CASE("owner, setuid and the user's own attributes go with the file", "[system][write]") {
    if (::geteuid() != 0) SKIP("needs root");
    const TestFolder folder;
    const Path path = folder.file("f", "old");
    REQUIRE(::chown(path.c_str(), 12, 34) == 0);
    REQUIRE(::chmod(path.c_str(), 04755) == 0);
    const bool has_attributes = ::setxattr(path.c_str(), "user.note", "x", 1, 0) == 0;
    REQUIRE(replace_file(path, "new", {}));
    const auto after = read_attributes(path);
    CHECK(after->uid == 12);
    CHECK(after->gid == 34);
    CHECK(after->mode == 04755);
    char value = 0;
    CHECK((!has_attributes || ::getxattr(path.c_str(), "user.note", &value, 1) == 1));
    REQUIRE(set_ownership(path, {.uid = 0, .gid = {}, .mode = 04711, .secontext = {}}));
    CHECK(read_attributes(path)->uid == 0);
    CHECK(read_attributes(path)->gid == 34);
    CHECK(mode_of(path) == 04711);
}

TEST_CASE("a backup has the content, mode and times, and AnsibleModule's name", "[system][write]") {
    const TestFolder folder;
    const Path path = folder.file("key.pem", "old", 0640);
    const std::array<timespec, 2> times{timespec{1'000'000'000, 0}, timespec{1'000'000'000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times.data(), 0) == 0);
    const auto copy = back_up(path);
    REQUIRE(copy);
    CHECK(content_of(*copy) == "old");
    CHECK(mode_of(*copy) == 0640);
    struct stat info{};
    REQUIRE(::stat(copy->c_str(), &info) == 0);
    CHECK(info.st_mtim.tv_sec == 1'000'000'000);
    CHECK(std::regex_match(copy->name(), std::regex(R"(key\.pem\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~)")));
}

TEST_CASE("links are made and replaced, nothing else is", "[system][write]") {
    const TestFolder folder;
    REQUIRE(make_link(folder / "l", "a"));
    REQUIRE(make_link(folder / "l", "b"));
    CHECK(read_attributes(folder / "l", false)->link_target == "b");
    CHECK(make_link(folder.file("f", ""), "a").error().number == EEXIST);
    CHECK(folder.count() == 2);
}

TEST_CASE("signals wait for the end of a commit", "[system][write]") {
    sigset_t pending;
    {
        const SignalBlock block;
        ::signal(SIGTERM, SIG_IGN);
        sigset_t now;
        ::sigprocmask(SIG_BLOCK, nullptr, &now);
        CHECK(::sigismember(&now, SIGTERM) == 1);
        CHECK(::sigismember(&now, SIGINT) == 1);
        CHECK(::sigismember(&now, SIGHUP) == 1);
    }
    ::sigprocmask(SIG_BLOCK, nullptr, &pending);
    CHECK(::sigismember(&pending, SIGTERM) == 0);
    ::signal(SIGTERM, SIG_DFL);
}

}  // namespace lago::system
