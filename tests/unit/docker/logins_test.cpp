// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/logins.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "ansible/json.hpp"
#include "crypto/base64.hpp"

using namespace lago;
using namespace lago::docker;

namespace {

Logins read(const std::string& config) {
    auto logins = Logins::parse(Secret(std::string_view(config)));
    REQUIRE(logins);
    return std::move(*logins);
}

// What the Engine would read from X-Registry-Auth.
Value said(const Login& login) {
    REQUIRE(login.header);
    std::string text(login.header->expose());
    CHECK(text.find_first_of("+/") == std::string::npos);
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    const auto json = crypto::base64_decode(text);
    REQUIRE(json);
    return ansible::parse_json(*json).value();
}

// user:planted?pass>word, whose base64 has signs that a URL cannot have.
const std::string auth = crypto::base64_encode("user:planted?pass>word");
const std::string hub_key = "https://index.docker.io/v1/";

}  // namespace

TEST_CASE("a login of docker.io is kept under its old address", "[docker][logins]") {
    const Logins logins = read(R"({"auths": {")" + hub_key + R"(": {"auth": ")" + auth + R"("}}})");
    const Value header = said(*logins.of("docker.io"));
    CHECK(header ==
          Value(Dict{{"username", "user"}, {"password", "planted?pass>word"}, {"serveraddress", hub_key}}));
    CHECK_FALSE(logins.of("registry.example.com")->header);
    CHECK(secrets::holds_secret("it is planted?pass>word!"));
    CHECK(secrets::holds_secret(auth));
}

TEST_CASE("a registry by its name, or by an address with that name", "[docker][logins]") {
    for (const std::string key :
         {"r.example.com:5000", "https://r.example.com:5000", "http://r.example.com:5000/v2/"}) {
        const Logins logins = read(R"({"auths": {")" + key + R"(": {"auth": ")" + auth + R"("}}})");
        CHECK(said(*logins.of("r.example.com:5000")) ==
              Value(Dict{{"username", "user"}, {"password", "planted?pass>word"}, {"serveraddress", key}}));
        CHECK_FALSE(logins.of("r.example.com")->header);
        CHECK_FALSE(logins.of("docker.io")->header);
    }
}

TEST_CASE("a token in the place of a password", "[docker][logins]") {
    const Logins logins =
        read(R"({"auths": {"r.example.com": {"auth": ")" + crypto::base64_encode("<token>:") +
             R"(", "identitytoken": "planted-identity"}}})");
    CHECK(said(*logins.of("r.example.com")) == Value(Dict{{"username", "<token>"},
                                                          {"password", ""},
                                                          {"serveraddress", "r.example.com"},
                                                          {"identitytoken", "planted-identity"}}));
    CHECK(secrets::holds_secret("planted-identity"));
}

TEST_CASE("user and password in clear, as old files have them; NULs behind a password", "[docker][logins]") {
    const Logins clear = read(R"({"auths": {"r": {"username": "u", "password": "planted-clear"}}})");
    CHECK(said(*clear.of("r")) ==
          Value(Dict{{"username", "u"}, {"password", "planted-clear"}, {"serveraddress", "r"}}));
    const Logins padded = read(R"({"auths": {"r": {"auth": ")" +
                               crypto::base64_encode(std::string("u:planted-nul\0\0", 15)) + R"("}}})");
    CHECK(said(*padded.of("r")) ==
          Value(Dict{{"username", "u"}, {"password", "planted-nul"}, {"serveraddress", "r"}}));
}

TEST_CASE("a credential helper keeps the login", "[docker][logins]") {
    const Logins one =
        read(R"({"credHelpers": {"r.example.com": "pass"}, "auths": {"s": {"auth": ")" + auth + R"("}}})");
    CHECK(one.of("r.example.com")->helper == "pass");
    CHECK_FALSE(one.of("r.example.com")->header);
    CHECK(one.of("s")->helper.empty());
    CHECK(one.of("s")->header);

    // `docker login` leaves an empty entry where a store keeps the rest; no entry: no login.
    const Logins store = read(R"({"credsStore": "secretservice", "auths": {")" + hub_key + R"(": {}}})");
    CHECK(store.of("docker.io")->helper == "secretservice");
    CHECK(store.of("r.example.com")->helper.empty());
    CHECK_FALSE(store.of("r.example.com")->header);
}

TEST_CASE("an entry without a login is none", "[docker][logins]") {
    CHECK_FALSE(read(R"({"auths": {"r": {}}})").of("r")->header);
    CHECK_FALSE(read(R"({"auths": null, "HttpHeaders": {"User-Agent": "x"}})").of("r")->header);
    CHECK_FALSE(read("{}").of("docker.io")->header);
}

TEST_CASE("an entry that cannot be read matters only for its registry", "[docker][logins]") {
    for (const std::string odd : {"!!", "bm8gY29sb24="}) {  // the latter: "no colon"
        const Logins logins =
            read(R"({"auths": {"r": {"auth": ")" + odd + R"("}, "s": {"auth": ")" + auth + R"("}}})");
        REQUIRE_FALSE(logins.of("r"));
        CHECK(logins.of("r").error().find(odd) == std::string::npos);
        CHECK(logins.of("s")->header);
    }
}

TEST_CASE("what is no configuration of docker's", "[docker][logins]") {
    for (const std::string& odd :
         {std::string(), std::string("planted-garbage"), std::string("[]"), std::string("\0\xff", 2)}) {
        const auto logins = Logins::parse(Secret(std::string_view(odd)));
        REQUIRE_FALSE(logins);
        CHECK(logins.error().find("planted") == std::string::npos);
    }
}
