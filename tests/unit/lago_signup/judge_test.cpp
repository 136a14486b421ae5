// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch_test_macros.hpp>

#include "ansible/json.hpp"
#include "lago_signup/values.hpp"

namespace lago::signup {

namespace {

const Reply well{.status = 200, .body = "{}"};
const Reply ill{.status = 500, .body = "{}"};

Reply graphql_error(const std::string& code, const std::string& details = "{}") {
    return {
        .status = 200,
        .body =
            R"({"data": {"registerUser": null}, "errors": [{"message": "m", "extensions": {"status": 405, "code": ")" +
            code + R"(", "details": )" + details + "}}]}"};
}

Openness judged(Probe probe, const Reply& answer, const Reply& health = well) {
    const Verdict verdict = judge_api(probe, health, answer);
    CHECK(verdict.answered);
    CHECK_FALSE(verdict.reason.empty());
    return verdict.openness;
}

Openness front(const std::string& script) {
    return judge_front({.status = 200, .body = script}).openness;
}

}  // namespace

TEST_CASE("the API is closed only where it says so in its own code", "[signup][judge]") {
    for (const Probe probe : {Probe::known_email, Probe::blank}) {
        CHECK(judged(probe, graphql_error("signup_disabled")) == Openness::closed);
        CHECK(judged(probe, graphql_error("signup is disabled")) == Openness::closed);
        CHECK(judged(probe, graphql_error("signup_disabled"), ill) == Openness::closed);
        for (const std::string code :
             {"Signup_disabled", "signup_disabled ", "signup-disabled", "disabled", "", "method_not_allowed",
              "forbidden", "unauthorized", "internal_error"})
            CHECK(judged(probe, graphql_error(code)) == Openness::unknown);
        Reply refused = graphql_error("signup_disabled");
        refused.status = 403;
        CHECK(judged(probe, refused) == Openness::unknown);
        CHECK(judged(probe, {.status = 200, .body = "signup_disabled"}) == Openness::unknown);
        CHECK(judged(probe, {.status = 200, .body = R"({"code": "signup_disabled"})"}) == Openness::unknown);
        CHECK(judged(probe, {.status = 200, .body = R"({"errors": [{"message": "signup_disabled"}]})"}) ==
              Openness::unknown);
        CHECK(judged(probe, {.status = 405, .body = "Method Not Allowed"}) == Openness::unknown);
    }
}

TEST_CASE("an e-mail that is looked for proves an open API", "[signup][judge]") {
    CHECK(judged(Probe::known_email,
                 graphql_error("unprocessable_entity", R"({"email": ["user_already_exists"]})")) ==
          Openness::open);
    CHECK(judged(Probe::known_email, graphql_error("unprocessable_entity", R"({"email": ["invalid"]})")) ==
          Openness::unknown);
    CHECK(judged(Probe::known_email, graphql_error("not_found")) == Openness::open);
    CHECK(judged(Probe::known_email, {.status = 404, .body = "<html>404</html>"}) == Openness::unknown);
}

TEST_CASE("a crash proves an open API only for the blank probe and a healthy API", "[signup][judge]") {
    const Reply crash{.status = 500, .body = "<html>We're sorry</html>"};
    const Reply unprocessable{.status = 422, .body = ""};
    CHECK(judged(Probe::blank, crash) == Openness::open);
    CHECK(judged(Probe::blank, unprocessable) == Openness::open);
    CHECK(judged(Probe::blank, crash, ill) == Openness::unknown);
    CHECK(judged(Probe::known_email, crash) == Openness::unknown);
    CHECK(judged(Probe::blank, {.status = 502, .body = ""}) == Openness::unknown);
    CHECK(judged(Probe::blank, {.status = 500, .body = R"({"errors": [{"message": "x"}]})"}) ==
          Openness::unknown);
}

TEST_CASE("answers that are not Lago's are unknown", "[signup][judge]") {
    for (const std::string body :
         {"", "null", "[]", "{}", "{\"errors\": {}}", "{\"errors\": []}", "{\"errors\": [null]}",
          "{\"errors\": [{\"extensions\": []}]}", "{\"errors\": [{\"extensions\": {\"code\": 1}}]}", "<html>",
          "\xff", R"({"data": {"registerUser": {"token": "planted-secret"}}})"}) {
        CAPTURE(body);
        for (const Probe probe : {Probe::known_email, Probe::blank}) {
            CHECK(judged(probe, {.status = 200, .body = body}) == Openness::unknown);
            const Verdict verdict = judge_api(probe, well, {.status = 200, .body = body});
            CHECK(verdict.reason.find("planted-secret") == std::string::npos);
        }
    }
    const Verdict moved =
        judge_api(Probe::blank, well, {.status = 301, .location = "https://lago.example.com/"});
    CHECK(moved.openness == Openness::unknown);
    CHECK(moved.reason.find("https://lago.example.com/") != std::string::npos);
}

TEST_CASE("a probe never has more than an e-mail in it", "[signup][judge]") {
    const auto input = [](Probe probe) {
        const auto body = ansible::parse_json(probe_body(probe, "a\"b@example.com"));
        REQUIRE(body.has_value());
        return *body->as_dict()->find("variables")->as_dict()->find("input")->as_dict();
    };
    CHECK(input(Probe::blank) == Dict{{"email", ""}, {"password", ""}, {"organizationName", ""}});
    CHECK(input(Probe::known_email) ==
          Dict{{"email", "a\"b@example.com"}, {"password", ""}, {"organizationName", ""}});
}

TEST_CASE("the front's env-config.js", "[signup][judge]") {
    CHECK(front("window.API_URL = \"x\"\nwindow.LAGO_DISABLE_SIGNUP = \"true\"\n") == Openness::closed);
    CHECK(front("window.LAGO_DISABLE_SIGNUP=\"true\";\r\n") == Openness::closed);
    CHECK(front("window.LAGO_DISABLE_SIGNUP = \"false\"\n") == Openness::open);
    CHECK(front("window.LAGO_DISABLE_SIGNUP = \"\"\n") == Openness::open);
    CHECK(front("window.LAGO_DISABLE_SIGNUP = \"True\"\n") == Openness::open);
    CHECK(front("window.LAGO_DISABLE_SIGNUP = \"\"true\"\"\n") ==
          Openness::unknown);  // quotes of an env file
    CHECK(front("window.LAGO_DISABLE_SIGNUP = true\n") == Openness::unknown);
    CHECK(front("// window.LAGO_DISABLE_SIGNUP = \"true\"\n") == Openness::unknown);
    CHECK(front("window.LAGO_DISABLE_SIGNUP_X = \"true\"\n") == Openness::unknown);
    CHECK(front("if (window.LAGO_DISABLE_SIGNUP == \"true\") {}\n") == Openness::unknown);
    CHECK(front("<!doctype html>") == Openness::unknown);
    CHECK(front("") == Openness::unknown);
    CHECK(judge_front({.status = 404, .body = "window.LAGO_DISABLE_SIGNUP = \"true\""}).openness ==
          Openness::unknown);
    CHECK(judge_front({.status = 302, .location = "/x"}).openness == Openness::unknown);
}

}  // namespace lago::signup
