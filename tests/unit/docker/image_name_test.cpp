// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/image_name.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "core/failure.hpp"
#include "docker/engine.hpp"

using namespace lago;
using namespace lago::docker;

namespace {
const std::string digest = "sha256:" + std::string(64, 'a');
}

TEST_CASE("an image's name, taken apart as Docker does", "[docker][image_name]") {
    CHECK(ImageName::parse("redis") == ImageName{"docker.io", "library/redis", "latest", ""});
    CHECK(ImageName::parse("getlago/api:v1.31.0") == ImageName{"docker.io", "getlago/api", "v1.31.0", ""});
    CHECK(ImageName::parse("docker.io/redis:7") == ImageName{"docker.io", "library/redis", "7", ""});
    CHECK(ImageName::parse("index.docker.io/a/b") == ImageName{"docker.io", "a/b", "latest", ""});
    CHECK(ImageName::parse("localhost/a") == ImageName{"localhost", "a", "latest", ""});
    CHECK(ImageName::parse("localhost:5000/a:1") == ImageName{"localhost:5000", "a", "1", ""});
    CHECK(ImageName::parse("registry.example.com/team/api@" + digest) ==
          ImageName{"registry.example.com", "team/api", "", digest});
    CHECK(ImageName::parse("a/b/c:tag@" + digest) == ImageName{"docker.io", "a/b/c", "tag", digest});
    CHECK(ImageName::parse("[fd00::1]:5000/a") == ImageName{"[fd00::1]:5000", "a", "latest", ""});
    CHECK(ImageName::parse("a__b/c--d.e_f") == ImageName{"docker.io", "a__b/c--d.e_f", "latest", ""});
}

TEST_CASE("a name as Docker prints it", "[docker][image_name]") {
    CHECK(ImageName::parse("redis")->familiar() == "redis");
    CHECK(ImageName::parse("docker.io/library/redis:7")->familiar() == "redis");
    CHECK(ImageName::parse("docker.io/getlago/api")->familiar() == "getlago/api");
    CHECK(ImageName::parse("docker.io/library/a/b")->familiar() == "library/a/b");
    CHECK(ImageName::parse("localhost:5000/api:x")->familiar() == "localhost:5000/api");
}

TEST_CASE("what cannot be an image's name never becomes a request", "[docker][image_name]") {
    for (const std::string& odd : {std::string(),
                                   std::string("Redis"),
                                   std::string("a b"),
                                   std::string("../containers"),
                                   std::string("a/../b"),
                                   std::string("a//b"),
                                   std::string("/a"),
                                   std::string("a/"),
                                   std::string("a:"),
                                   std::string("a:b:c"),
                                   std::string("a?b"),
                                   std::string("a%2f"),
                                   std::string("a@sha256:short"),
                                   std::string("a\r\nb"),
                                   std::string("a\0b", 3),
                                   std::string("h:x/a"),
                                   std::string("[::1/a"),
                                   std::string("-a/b"),
                                   std::string("a\xff"),
                                   std::string(64, 'a'),
                                   std::string("https://a/b"),
                                   std::string(1U << 20U, 'a'),
                                   "a:" + std::string(129, 'x')}) {
        CHECK_FALSE(ImageName::parse(odd));
        CHECK_THROWS_AS(Engine("/nonexistent").image(odd, Deadline::after(std::chrono::seconds(1))), Failure);
    }
}

TEST_CASE("an image's ID", "[docker][image_name]") {
    CHECK(is_image_id(digest));
    CHECK_FALSE(is_image_id("sha256:" + std::string(63, 'a')));
    CHECK_FALSE(is_image_id("sha256:" + std::string(64, 'g')));
    CHECK_FALSE(is_image_id(std::string(64, 'a')));
}
