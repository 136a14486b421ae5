// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/resolve.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

using namespace lago;
using namespace lago::docker;

namespace {
const Deadline soon = Deadline::after(std::chrono::seconds(10));
}

TEST_CASE("a numeric address is its own", "[docker][resolve]") {
    CHECK(resolve("127.0.0.1", soon).value() == std::vector<std::string>{"127.0.0.1"});
    CHECK(resolve("::1", soon).value() == std::vector<std::string>{"::1"});
    // Even where no time is left: nobody has to be asked.
    CHECK(resolve("10.1.2.3", Deadline::after(std::chrono::seconds(0))));
}

TEST_CASE("localhost is a loopback address", "[docker][resolve]") {
    const auto found = resolve("localhost", soon);
    REQUIRE(found);
    for (const std::string& address : *found) CHECK((address == "127.0.0.1" || address == "::1"));
}

TEST_CASE("what is no host name is not found", "[docker][resolve]") {
    for (const std::string& odd :
         {std::string(), std::string("a\0b", 3), std::string("a b"), std::string(1U << 20U, 'a')}) {
        const auto found = resolve(odd, soon);
        REQUIRE_FALSE(found);
        CHECK(found.error().kind == ReachError::Kind::name_not_found);
        CHECK_FALSE(found.error().way_is_missing());
        CHECK(found.error().why.size() < 1000);
    }
}

TEST_CASE("a missed deadline is told apart", "[docker][resolve]") {
    const auto found = resolve("localhost", Deadline::after(std::chrono::seconds(0)));
    if (!found) CHECK(found.error().kind == ReachError::Kind::timeout);
}
