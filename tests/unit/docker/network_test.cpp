// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/network.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace lago;
using namespace lago::docker;

TEST_CASE("a network", "[docker][network]") {
    const auto network = parse_network(Dict{{"Id", "n1"},
                                            {"Name", "mash-lago"},
                                            {"Driver", "bridge"},
                                            {"EnableIPv6", true},
                                            {"Internal", false},
                                            {"Options", Dict{{"com.docker.network.driver.mtu", "1450"}}},
                                            {"Labels", Dict{{"a", "b"}}}});
    CHECK(network == Network{.id = "n1",
                             .name = "mash-lago",
                             .driver = "bridge",
                             .options = {{"com.docker.network.driver.mtu", "1450"}},
                             .ipv6 = true,
                             .internal = false,
                             .labels = {{"a", "b"}}});
    CHECK(parse_network(Dict{{"Id", "n1"}, {"Name", "host"}, {"Options", nullptr}})->options.empty());
}

TEST_CASE("what is no network is an error", "[docker][network]") {
    for (const Value& odd : {Value(), Value("text"), Value(List{}), Value(Dict{{"Id", "x"}}),
                             Value(Dict{{"Name", "x"}}), Value(Dict{{"Id", 1}, {"Name", 2}})})
        CHECK_FALSE(parse_network(odd));
}
