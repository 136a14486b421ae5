// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/url.hpp"

#include <catch2/catch_test_macros.hpp>

namespace lago::text {

TEST_CASE("all but unreserved characters are percent-encoded", "[text][url]") {
    CHECK(percent_encode("AZaz09-._~") == "AZaz09-._~");
    CHECK(percent_encode("p@ss/w:rd %+") == "p%40ss%2Fw%3Ard%20%25%2B");
    CHECK(percent_encode("\xc3\xa4") == "%C3%A4");
    CHECK(percent_encode(std::string_view("\0", 1)) == "%00");
}

TEST_CASE("addresses of Lago", "[text][url]") {
    CHECK(parse_http_url("https://lago.example.com") == HttpUrl{true, "lago.example.com", 443, ""});
    CHECK(parse_http_url("https://lago.example.com/api/") == HttpUrl{true, "lago.example.com", 443, "/api"});
    CHECK(parse_http_url("http://127.0.0.1:3000/") == HttpUrl{false, "127.0.0.1", 3000, ""});
    CHECK(parse_http_url("http://[::1]:3000/x") == HttpUrl{false, "::1", 3000, "/x"});
    CHECK(parse_http_url("http://mash-lago_api:3000") == HttpUrl{false, "mash-lago_api", 3000, ""});
}

TEST_CASE("what is no address says why, and is not repeated", "[text][url]") {
    for (const std::string_view bad :
         {"lago.example.com", "ftp://lago.example.com", "http://", "http://:80", "http://a:0",
          "http://a:65536", "http://a:b", "http://a:", "http://u:planted-secret@a/", "http://a/?x=1",
          "http://a/#x", "http://a b/", "http://a/b c", "http://[::1", "http://[x]y/", "http://a\r\nX: y/",
          "http://a/\xc3\xa4"}) {
        CAPTURE(bad);
        const auto url = parse_http_url(bad);
        REQUIRE_FALSE(url.has_value());
        CHECK(url.error().find("planted-secret") == std::string::npos);
    }
}

}  // namespace lago::text
