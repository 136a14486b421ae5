// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/base64.hpp"

#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <vector>

using lago::crypto::base64_decode;
using lago::crypto::base64_encode;

// RFC 4648, section 10
static const std::vector<std::pair<std::string, std::string>> vectors = {
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {{"\0\xff\xfe", 3}, "AP/+"},
};

TEST_CASE("base64 is the one of RFC 4648", "[crypto][base64]") {
    for (const auto& [bytes, text] : vectors) {
        CHECK(base64_encode(bytes) == text);
        CHECK(base64_decode(text) == bytes);
    }
    CHECK(base64_encode("").empty());
}

TEST_CASE("base64 is written on one line, however long", "[crypto][base64]") {
    CHECK(base64_encode(std::string(10000, 'x')).find('\n') == std::string::npos);
}

TEST_CASE("base64 is read with white space and without padding, as Ruby reads it", "[crypto][base64]") {
    CHECK(base64_decode(" Zm9v\r\nYmFy\n") == "foobar");
    CHECK(base64_decode("Zg") == "f");
    CHECK(base64_decode("Zm8") == "fo");
}

TEST_CASE("what is not base64 is refused", "[crypto][base64]") {
    for (const std::string_view text :
         {"", "  ", "Z", "Zm9vY", "Zm9v!", "Zm-v", "Zg==Zg==", "=Zg=", "Zm9v===", "===="}) {
        INFO(text);
        CHECK_FALSE(base64_decode(text).has_value());
    }
}
