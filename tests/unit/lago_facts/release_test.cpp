// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago/release.hpp"

#include <catch2/catch_test_macros.hpp>
#include <vector>

namespace lago::facts {

TEST_CASE("releases are read with and without v", "[facts][release]") {
    CHECK(parse_release("v1.31.0") == Release{1, 31, 0});
    CHECK(parse_release("1.41") == Release{1, 41, 0});
    CHECK(parse_release("v0.50.0-beta") == Release{0, 50, 0});
    CHECK(parse_release("v1.9.0") < parse_release("v1.31.0"));
    CHECK(parse_release("v1.31.0")->name() == "v1.31.0");
    CHECK(parse_release("1.41")->name() == "v1.41.0");
    for (const char* wrong : {"", "v", "latest", "1", "v7", "1.", "1.2.3.4", "1.2-rc1", "v1.31.0-beta",
                              "-1.2", "1..2", "v1.x", "v1.31.0 ", "99999999999.0.0", "sha256:0123", "main"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_release(wrong));
    }
}

TEST_CASE("the release that an image is tagged with", "[facts][release]") {
    CHECK(release_of_image("docker.io/getlago/api:v1.31.0") == Release{1, 31, 0});
    CHECK(release_of_image("getlago/api:v1.31.0@sha256:0123") == Release{1, 31, 0});
    CHECK(release_of_image("registry.example:5000/getlago/api:1.32.4") == Release{1, 32, 4});
    CHECK(release_of_image("getlago/api-arm64v8:v0.29.0-beta") == Release{0, 29, 0});
    for (const char* wrong : {"", "getlago/api", "getlago/api:latest", "registry.example:5000/getlago/api",
                              "getlago/api@sha256:0123", "sha256:0123", "getlago/api:v1.31.0-mine"}) {
        CAPTURE(wrong);
        CHECK_FALSE(release_of_image(wrong));
    }
}

TEST_CASE("the releases of a schema", "[facts][release]") {
    CHECK(releases_of_schema("20250611083925") == std::vector{Release{1, 31, 0}});
    CHECK(releases_of_schema("20260129105200") ==
          std::vector{Release{1, 41, 0}, Release{1, 41, 1}, Release{1, 41, 2}, Release{1, 41, 3}});
    CHECK(releases_of_schema("20240712090133") ==
          std::vector{Release{1, 6, 4}, Release{1, 6, 5}, Release{1, 7, 0}});
    CHECK(releases_of_schema("20250429100148") == std::vector{Release{1, 26, 1}});
    CHECK(releases_of_schema("20250611083926").empty());
    CHECK(releases_of_schema("").empty());
    CHECK(schema_of({1, 16, 1}) == "20250429100148");
    CHECK(schema_of({1, 51, 0}) == "20260721180721");
    CHECK(schema_of({9, 0, 0}).empty());
}

TEST_CASE("releases and schemas go up together, but for one that was tagged on the wrong code",
          "[facts][release]") {
    const auto known = known_releases();
    REQUIRE(known.size() > 100);
    for (std::size_t at = 1; at < known.size(); ++at) {
        CHECK(known[at - 1].release < known[at].release);
        if (known[at - 1].release != Release{1, 16, 1}) CHECK(known[at - 1].migration <= known[at].migration);
    }
}

TEST_CASE("the switch for sign-up has had three names: none and two", "[facts][release]") {
    CHECK(signup_variable({0, 41, 9}).empty());
    CHECK(signup_variable({0, 42, 0}) == "LAGO_SIGNUP_DISABLED");
    CHECK(signup_variable({1, 6, 0}) == "LAGO_SIGNUP_DISABLED");
    CHECK(signup_variable({1, 6, 1}) == "LAGO_DISABLE_SIGNUP");
    CHECK(signup_variable({1, 51, 0}) == "LAGO_DISABLE_SIGNUP");
}

}  // namespace lago::facts
