// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch_test_macros.hpp>

#include "ansible/json.hpp"
#include "lago_signup/values.hpp"

namespace lago::signup {

namespace {

using namespace tests;

std::string everything(const Result& result) {
    std::string text = ansible::to_json(result.returned);
    if (result.diff)
        for (const DiffPart& part : result.diff->parts)
            text +=
                *part.before.as_string() + *part.after.as_string() + part.before_header + part.after_header;
    for (const std::string& warning : result.warnings) text += warning;
    return text;
}

}  // namespace

TEST_CASE("a result shows our own lines and nothing else of a file", "[signup][report]") {
    const Target api = env_file(Target::Kind::api_env, "/mash/lago/api/env");
    const Desired desired = wanting(State::disabled, {api});
    const Observed before{
        .files = {holding(api, "SECRET_KEY_BASE=planted-secret\nLAGO_DISABLE_SIGNUP=false\n")}};
    const Plan plan = make_plan(desired, before);
    const Result result = report(desired, plan, {});
    CHECK(result.changed);
    REQUIRE(result.diff.has_value());
    REQUIRE(result.diff->parts.size() == 1);
    CHECK(result.diff->parts[0].before == Value("LAGO_DISABLE_SIGNUP=false\n"));
    CHECK(result.diff->parts[0].after == Value("LAGO_DISABLE_SIGNUP=true\nLAGO_SIGNUP_DISABLED=true\n"));
    CHECK(everything(result).find("planted-secret") == std::string::npos);
}

TEST_CASE("each side that was asked is in the result, with its evidence", "[signup][report]") {
    const Desired desired = wanting(std::nullopt);
    const Plan plan = make_plan(desired, {.api = saying(Openness::closed)});
    const Result result = report(desired, plan, {});
    CHECK_FALSE(result.changed);
    CHECK(*result.returned.find("api") == Value("closed"));
    CHECK(*result.returned.find("api_evidence")->as_dict()->find("reason") == Value("stand-in"));
    CHECK_FALSE(result.returned.contains("front"));
    CHECK_FALSE(result.diff.has_value());
}

TEST_CASE("backups are named by the file they are of", "[signup][report]") {
    Desired desired = wanting(State::disabled);
    desired.backup = true;
    const Result result = report(desired, {}, {.backups = {{"/a/env", "/a/env.1~"}}});
    CHECK(*result.returned.find("backup_files") == Value(Dict{{"/a/env", "/a/env.1~"}}));
}

}  // namespace lago::signup
