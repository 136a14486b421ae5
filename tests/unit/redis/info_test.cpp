// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/info.hpp"

#include <catch2/catch_test_macros.hpp>

using lago::redis::compare_versions;
using lago::redis::parse_info;

TEST_CASE("INFO is read line by line", "[redis][info]") {
    const auto fields = parse_info(
        "# Server\r\nredis_version:7.0.15\r\nos:Linux 6.1 x86_64\r\n\r\n# Memory\r\nmaxmemory:0\r\n"
        "executable:/usr/bin/a:b\r\nempty:\r\nno colon\r\n:no key\r\nmaxmemory:5\r\nlast:1");
    CHECK(fields.at("redis_version") == "7.0.15");
    CHECK(fields.at("maxmemory") == "0");
    CHECK(fields.at("executable") == "/usr/bin/a:b");
    CHECK(fields.at("empty").empty());
    CHECK(fields.at("last") == "1");
    CHECK(fields.size() == 6);
    CHECK(parse_info("").empty());
    CHECK(parse_info("\n\n\r\n#").empty());
}

TEST_CASE("versions are compared by their numbers", "[redis][info]") {
    CHECK(compare_versions("6.2.0", "6.2") == 0);
    CHECK(compare_versions("6.10.1", "6.2") > 0);
    CHECK(compare_versions("6.0.16", "6.2") < 0);
    CHECK(compare_versions("10.0", "9.9.9") > 0);
    CHECK(compare_versions("7.2.4-rc1", "7.2.4") == 0);
    CHECK(compare_versions("", "6.2") < 0);
    CHECK(compare_versions("garbage", "0") == 0);
    CHECK(compare_versions("99999999999999999999999", "6.2") < 0);
}
