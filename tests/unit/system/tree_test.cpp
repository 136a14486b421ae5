// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

namespace {

// Exchanges two names as fast as it can, in a process of its own, while it lives.
class Exchanger {
public:
    Exchanger(const Path& one, const Path& other) : child_(::fork()) {
        if (child_ == 0) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (child_ == 0)
            ::syscall(SYS_renameat2, AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(),
                      2U /* RENAME_EXCHANGE */);
    }
    Exchanger(const Exchanger&) = delete;
    Exchanger& operator=(const Exchanger&) = delete;
    ~Exchanger() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }

private:
    pid_t child_;
};

}  // namespace

TEST_CASE("a folder that is exchanged for a link meanwhile does not lead elsewhere", "[system][tree]") {
    const TestFolder folder;
    REQUIRE(::mkdir((folder / "outside").c_str(), 0755) == 0);
    const Path precious = folder.file("outside/f", "x");
    const Exchanger exchanger(folder / "d/e", folder / "d/link");
    for (int round = 0; round < 600; ++round) {
        REQUIRE(::mkdir((folder / "d").c_str(), 0755) == 0);
        REQUIRE(::mkdir((folder / "d/e").c_str(), 0755) == 0);
        folder.file("d/e/f", "x");
        REQUIRE(::symlink((folder / "outside").c_str(), (folder / "d/link").c_str()) == 0);
        while (!remove_tree(folder / "d")) {  // it may take several attempts
        }
        REQUIRE(content_of(precious) == "x");
    }
}

TEST_CASE("the root and mount points are refused", "[system][tree]") {
    CHECK(remove_tree(Path("/", "path")).error().number == EBUSY);
    CHECK(remove_tree(Path("/proc", "path")).error().number == EBUSY);
}

}  // namespace lago::system
