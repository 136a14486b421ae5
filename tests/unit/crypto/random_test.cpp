// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/random.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

namespace lago::crypto {

TEST_CASE("as many bytes as asked for, and others each time", "[crypto][random]") {
    std::set<std::string> seen;
    for (int round = 0; round < 64; ++round) {
        const auto bytes = random_bytes(32);
        REQUIRE(bytes);
        CHECK(bytes->size() == 32);
        CHECK(seen.insert(std::string(bytes->expose())).second);
    }
    CHECK(random_bytes(0)->empty());
    CHECK(random_bytes(1024)->size() == 1024);
}

TEST_CASE("each value of a byte comes, and none much more often than others", "[crypto][random]") {
    const auto bytes = random_bytes(std::size_t{256} * 256);
    REQUIRE(bytes);
    for (int value = 0; value < 256; ++value) {
        const auto count = std::ranges::count(bytes->expose(), static_cast<char>(value));
        CHECK(count > 128);  // 256 expected, with a deviation of 16
        CHECK(count < 384);
    }
}

TEST_CASE("encodings of bytes", "[crypto][random]") {
    CHECK(hex_encode(std::string_view("\x00\x0f\xa0\xff", 4)) == "000fa0ff");
    CHECK(hex_encode("").empty());
    // RFC 4648 section 10, and the two digits in which the alphabets differ.
    CHECK(base64url_encode("f") == "Zg");
    CHECK(base64url_encode("fo") == "Zm8");
    CHECK(base64url_encode("foobar") == "Zm9vYmFy");
    CHECK(base64url_encode("\xfb\xff\xbf") == "-_-_");
    CHECK(base64url_encode("").empty());
}

}  // namespace lago::crypto
