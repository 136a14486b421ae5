// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/process.hpp"

#include <signal.h>

#include <chrono>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "system/write.hpp"

namespace lago::system {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("a program's status and both outputs", "[system][process]") {
    const auto done = run({"sh", "-c", "echo out; echo err >&2; exit 3"}, Deadline::after(seconds(20)));
    REQUIRE(done);
    CHECK(done->status == 3);
    CHECK(done->out == "out\n");
    CHECK(done->err == "err\n");
    CHECK(run({"sh", "-c", "kill -9 $$"}, Deadline::after(seconds(20)))->status == 137);
}

TEST_CASE("words are not split or expanded", "[system][process]") {
    CHECK(run({"printf", "%s", "a b; $HOME `x` *"}, Deadline::after(seconds(20)))->out == "a b; $HOME `x` *");
}

TEST_CASE("a secret goes in by standard input, and more than a pipe holds", "[system][process]") {
    ::signal(SIGPIPE, SIG_IGN);  // as main() does: a program may end before it has read everything
    const std::string much(1'000'000, 'x');
    const auto done = run({"cat"}, Deadline::after(seconds(20)), {.input = Secret(std::string_view(much))});
    REQUIRE(done);
    CHECK(done->out == much);
    CHECK(run({"cat"}, Deadline::after(seconds(20)))->out.empty());
    CHECK(run({"true"}, Deadline::after(seconds(20)), {.input = Secret(std::string_view(much))})->status ==
          0);
}

TEST_CASE("locale C, and only what was added", "[system][process]") {
    const auto done = run({"sh", "-c", "echo $LC_ALL $LANG $ADDED"}, Deadline::after(seconds(20)),
                          {.input = {}, .variables = {"ADDED=x"}});
    CHECK(done->out == "C x\n");
}

TEST_CASE("what does not end is killed with all its children", "[system][process]") {
    const auto before = std::chrono::steady_clock::now();
    CHECK(run({"sh", "-c", "sleep 60 & sleep 60"}, Deadline::after(milliseconds(100))) ==
          std::unexpected(RunError::deadline));
    CHECK(std::chrono::steady_clock::now() - before < seconds(10));
    CHECK(run({"sh", "-c", "exec >&- 2>&-; sleep 60"}, Deadline::after(milliseconds(100))) ==
          std::unexpected(RunError::deadline));
}

TEST_CASE("too much output ends it", "[system][process]") {
    CHECK(run({"yes"}, Deadline::after(seconds(20)),
              {.input = {}, .variables = {}, .output_limit = 10'000}) == std::unexpected(RunError::too_much));
}

TEST_CASE("a missing program and one that cannot be started differ", "[system][process]") {
    CHECK(run({"no-such-program-here"}, Deadline::after(seconds(20))) ==
          std::unexpected(RunError::not_found));
    CHECK(run({"/etc/passwd"}, Deadline::after(seconds(20))) == std::unexpected(RunError::refused));
    CHECK(find_program("sh"));
    CHECK_FALSE(find_program("no-such-program-here"));
}

TEST_CASE("a child has no signal blocked, whatever its parent does", "[system][process]") {
    const SignalBlock block;
    const auto done = run({"grep", "SigBlk", "/proc/self/status"}, Deadline::after(seconds(20)));
    CHECK(done->out.find("0000000000000000") != std::string::npos);
}

}  // namespace lago::system
