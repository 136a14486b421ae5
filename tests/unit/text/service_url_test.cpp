// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/service_url.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "text/url.hpp"

namespace lago::text {

namespace {

std::expected<ServiceUrl, std::string> parsed(std::string_view url) {
    return parse_service_url(Secret(url));
}

std::string password_of(std::string_view url) {
    const auto found = parsed(url);
    if (!found) return "error: " + found.error();
    return found->password ? std::string(found->password->expose()) : "none";
}

}  // namespace

TEST_CASE("the parts of a database's URL", "[text][service_url]") {
    const auto url = parsed("PostgreSQL://la%67o:p%40ss%2Fw@db.example:5433/lago%5Fx?sslmode=require&a=%20b");
    REQUIRE(url);
    CHECK(url->scheme == "postgresql");
    CHECK(url->user == "lago");
    CHECK(url->password->same_as(Secret(std::string_view("p@ss/w"))));
    CHECK(url->host == "db.example");
    CHECK(url->port == 5433);
    CHECK(url->path == "lago_x");
    CHECK(url->query ==
          std::vector<std::pair<std::string, std::string>>{{"sslmode", "require"}, {"a", " b"}});
}

TEST_CASE("parts that are not there", "[text][service_url]") {
    const auto bare = parsed("redis://mash-redis");
    REQUIRE(bare);
    CHECK((bare->host == "mash-redis" && bare->user.empty() && !bare->password && !bare->port &&
           bare->path.empty() && bare->query.empty()));
    CHECK(parsed("postgresql:///lago")->host.empty());
    CHECK(parsed("redis://[::1]:7/2")->host == "::1");
    CHECK(parsed("redis://[::1]:7/2")->port == 7);
    CHECK(parsed("redis://h:/0")->port == std::nullopt);
    CHECK(parsed("redis://h/#x")->path.empty());
}

TEST_CASE("the password of a URL", "[text][service_url]") {
    CHECK(password_of("redis://:s3cret@h:6379/0") == "s3cret");
    CHECK(password_of("redis://u:a:b@h") == "a:b");
    CHECK(password_of("redis://u:a@b@h") == "a@b");
    CHECK(password_of("redis://u:+%2B@h") == "++");
    CHECK(password_of("redis://u:@h") == "none");
    CHECK(password_of("redis://u@h") == "none");
    CHECK(password_of("redis://h/a:b@c") == "none");
    const std::string awkward = " !\"#$%&'()*+,/:;<=>?@[]^`{|}~\xc3\xa4";
    CHECK(password_of("redis://u:" + percent_encode(awkward) + "@h") == awkward);
}

TEST_CASE("what is no URL is an error that shows nothing of it", "[text][service_url]") {
    for (const std::string_view url :
         {"", "s3cret", "://s3cret", "a b://s3cret", "redis://u:s3cret%@h", "redis://u:s3cret%4@h",
          "redis://u:s3cret%zz@h", "redis://u:s3cret%00@h", "redis://:s3cret@h:0", "redis://:s3cret@h:65536",
          "redis://:s3cret@h:x", "redis://:s3cret@[::1", "redis://:s3cret@[::1]x", "redis://h/s3cret%",
          "redis://h/?s3cret%", "redis://s3cret%:x@h"}) {
        const auto found = parsed(url);
        REQUIRE_FALSE(found);
        CHECK_FALSE(found.error().empty());
        CHECK(found.error().find("s3cret") == std::string::npos);
    }
}

}  // namespace lago::text
