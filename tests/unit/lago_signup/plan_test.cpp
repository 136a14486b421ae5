// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch_test_macros.hpp>

#include "core/failure.hpp"
#include "lago_signup/values.hpp"

namespace lago::signup {

namespace {

using namespace tests;

// The front's env file after `state` was asked for.
std::string front_after(State state, const std::string& content) {
    const Target front = env_file(Target::Kind::front_env);
    const Observed before{.files = {holding(front, content)}};
    const Plan plan = make_plan(wanting(state, {front}), before);
    CHECK(plan.changed() == (plan.after.files[0].content != content));
    CHECK(plan.steps.size() == (plan.changed() ? 1U : 0U));
    return plan.after.files[0].content;
}

std::string vars_after(State state, const std::string& content) {
    const Target vars = vars_file();
    const Plan plan = make_plan(wanting(state, {vars}), {.files = {holding(vars, content)}});
    CHECK(plan.changed() == (plan.after.files[0].content != content));
    return plan.after.files[0].content;
}

Failure failure_of(const Desired& desired, const Observed& before) {
    try {
        make_plan(desired, before);
    } catch (const Failure& failure) {
        return failure;
    }
    FAIL("no failure");
    return {};
}

Failure vars_failure(const std::string& content) {
    const Target vars = vars_file();
    Failure failure = failure_of(wanting(State::disabled, {vars}), {.files = {holding(vars, content)}});
    CHECK((failure.what + failure.why + failure.hint).find("planted-secret") == std::string::npos);
    CHECK(failure.facts.contains("path"));
    return failure;
}

}  // namespace

TEST_CASE("a variable that is not there", "[signup][plan]") {
    CHECK(front_after(State::disabled, "A=1\n") == "A=1\nLAGO_DISABLE_SIGNUP=true\n");
    CHECK(front_after(State::enabled, "A=1\n") == "A=1\n");
}

TEST_CASE("a variable that says true or false", "[signup][plan]") {
    CHECK(front_after(State::disabled, "LAGO_DISABLE_SIGNUP=true\n") == "LAGO_DISABLE_SIGNUP=true\n");
    CHECK(front_after(State::enabled, "LAGO_DISABLE_SIGNUP=true\n") == "LAGO_DISABLE_SIGNUP=false\n");
    CHECK(front_after(State::disabled, "LAGO_DISABLE_SIGNUP=false\n") == "LAGO_DISABLE_SIGNUP=true\n");
    CHECK(front_after(State::enabled, "LAGO_DISABLE_SIGNUP=false\n") == "LAGO_DISABLE_SIGNUP=false\n");
}

TEST_CASE("a value that Lago does not know becomes what is meant", "[signup][plan]") {
    for (const std::string value : {"=1", "=True", "=\"true\"", "=yes", "=", "= true", ""}) {
        CAPTURE(value);
        CHECK(front_after(State::disabled, "LAGO_DISABLE_SIGNUP" + value + "\n") ==
              "LAGO_DISABLE_SIGNUP=true\n");
        CHECK(front_after(State::enabled, "LAGO_DISABLE_SIGNUP" + value + "\n") ==
              "LAGO_DISABLE_SIGNUP=false\n");
    }
}

TEST_CASE("of several lines the last one counts", "[signup][plan]") {
    const Target front = env_file(Target::Kind::front_env);
    const std::string content = "LAGO_DISABLE_SIGNUP=true\nLAGO_DISABLE_SIGNUP=false\n";
    const Plan plan = make_plan(wanting(State::disabled, {front}), {.files = {holding(front, content)}});
    CHECK(plan.after.files[0].content == "LAGO_DISABLE_SIGNUP=true\nLAGO_DISABLE_SIGNUP=true\n");
    CHECK(plan.switches[0].overridden == std::vector<std::size_t>{1});
    REQUIRE(plan.warnings.size() == 1);
    CHECK(plan.warnings[0].find("2 times") != std::string::npos);
}

TEST_CASE("the API's file gets the names of old and new versions", "[signup][plan]") {
    const Target api = env_file(Target::Kind::api_env);
    const Plan plan = make_plan(wanting(State::disabled, {api}), {.files = {holding(api, "A=1\n")}});
    CHECK(plan.after.files[0].content == "A=1\nLAGO_DISABLE_SIGNUP=true\nLAGO_SIGNUP_DISABLED=true\n");
    REQUIRE(plan.switches.size() == 2);
    CHECK(plan.switches[0].before == std::nullopt);
    CHECK(plan.switches[0].after == "true");
    CHECK(plan.switches[1].line == 3);

    const Plan opened = make_plan(wanting(State::enabled, {api}), plan.after);
    CHECK(opened.after.files[0].content == "A=1\nLAGO_DISABLE_SIGNUP=false\nLAGO_SIGNUP_DISABLED=false\n");
    CHECK_FALSE(make_plan(wanting(State::disabled, {api}), plan.after).changed());
}

TEST_CASE("an env file that is not there", "[signup][plan]") {
    Desired desired = wanting(State::disabled, {env_file(Target::Kind::front_env)});
    const Observed before{.files = {ObservedFile{}}};
    CHECK(failure_of(desired, before).kind == "not_found");
    desired.check_mode = true;
    CHECK(make_plan(desired, before).changed());
    desired.change_files = false;
    CHECK_FALSE(make_plan(desired, before).changed());
}

TEST_CASE("an env file with a line that docker refuses", "[signup][plan]") {
    const Target front = env_file(Target::Kind::front_env);
    const Failure failure =
        failure_of(wanting(State::disabled, {front}),
                   {.files = {holding(front, "K=planted-secret\nexport LAGO_DISABLE_SIGNUP=1\n")}});
    CHECK(failure.kind == "env_file");
    CHECK(failure.why.find("line 2") != std::string::npos);
    CHECK(failure.why.find("planted-secret") == std::string::npos);
}

TEST_CASE("without a state no file is changed", "[signup][plan]") {
    const Target front = env_file(Target::Kind::front_env);
    CHECK_FALSE(make_plan(wanting(std::nullopt, {front}), {.files = {holding(front, "A=1\n")}}).changed());
}

TEST_CASE("a file that is only compared", "[signup][plan]") {
    const Target api = env_file(Target::Kind::api_env);
    Desired desired = wanting(State::disabled, {api});
    desired.change_files = false;
    const Observed good{.files = {holding(api, "LAGO_DISABLE_SIGNUP=true\nLAGO_SIGNUP_DISABLED=true\n")}};
    CHECK_FALSE(make_plan(desired, good).changed());

    const Observed half{
        .files = {holding(api, "A=1\nLAGO_DISABLE_SIGNUP=true\nLAGO_DISABLE_SIGNUP=false\n")}};
    const Failure failure = failure_of(desired, half);
    CHECK(failure.kind == "signup_mismatch");
    CHECK(*failure.facts.find("line") == Value(std::int64_t{3}));

    desired.mismatch = Mismatch::report;
    const Plan reported = make_plan(desired, half);
    CHECK(reported.steps.empty());
    CHECK_FALSE(reported.changed());
    CHECK(reported.after.files[0].content == half.files[0].content);
    CHECK(reported.switches[0].after == "false");
    CHECK(reported.switches[1].after == std::nullopt);
    CHECK(reported.warnings.size() == 3);  // two variables, and the line that is overridden

    desired.mismatch = Mismatch::fail;
    desired.check_mode = true;
    CHECK_FALSE(make_plan(desired, half).changed());
}

TEST_CASE("a boolean of a vars file", "[signup][plan]") {
    CHECK(vars_after(State::disabled, "x_disable_signup: false # why\n") == "x_disable_signup: true # why\n");
    CHECK(vars_after(State::enabled, "x_disable_signup: true\n") == "x_disable_signup: false\n");
    CHECK(vars_after(State::disabled, "x_disable_signup: yes\n") == "x_disable_signup: yes\n");
    CHECK(vars_after(State::enabled, "x_disable_signup: Off\n") == "x_disable_signup: Off\n");
    CHECK(vars_after(State::disabled, "x_disable_signup: 'true'\n") == "x_disable_signup: true\n");
    CHECK(vars_after(State::enabled, "x_disable_signup: \"no\"\n") == "x_disable_signup: false\n");
}

TEST_CASE("a vars file that is not changed", "[signup][plan]") {
    CHECK(vars_failure("y: 1\n").kind == "variable_not_found");
    CHECK(vars_failure("x_disable_signup: planted-secret\n").kind == "not_a_boolean");
    CHECK(vars_failure("x_disable_signup: '{{ planted-secret }}'\n").kind == "template");
    CHECK(vars_failure("x_disable_signup: true\nx_disable_signup: false\n").kind == "duplicate_variable");
    CHECK(vars_failure("$ANSIBLE_VAULT;1.1;AES256\n3061\n").kind == "vault");
    CHECK(vars_failure("x_disable_signup: |\n  planted-secret\n").kind == "yaml");
}

TEST_CASE("what the running side says is held against the state", "[signup][plan]") {
    const auto plan_for = [](std::optional<State> state, Openness openness) {
        return make_plan(wanting(state), {.api = saying(openness)});
    };
    CHECK_FALSE(plan_for(State::disabled, Openness::closed).restart_required);
    CHECK_NOTHROW(plan_for(State::enabled, Openness::open));
    for (const Openness any : {Openness::open, Openness::closed, Openness::unknown})
        CHECK_NOTHROW(plan_for(std::nullopt, any));
    CHECK(failure_of(wanting(State::disabled), {.api = saying(Openness::open)}).kind == "signup_mismatch");
    CHECK(failure_of(wanting(State::enabled), {.api = saying(Openness::closed)}).kind == "signup_mismatch");
    CHECK(failure_of(wanting(State::disabled), {.api = saying(Openness::unknown)}).kind == "unproven");
    CHECK(failure_of(wanting(State::enabled), {.api = saying(Openness::unknown)}).kind == "unproven");
    CHECK(failure_of(wanting(State::disabled), {.front = saying(Openness::open)}).kind == "signup_mismatch");
}

TEST_CASE("a mismatch can be reported instead", "[signup][plan]") {
    Desired desired = wanting(State::disabled);
    desired.mismatch = Mismatch::report;
    const Plan plan = make_plan(desired, {.api = saying(Openness::open), .front = saying(Openness::unknown)});
    CHECK_FALSE(plan.changed());
    CHECK_FALSE(plan.restart_required);
    CHECK(plan.after.api->openness == Openness::open);
}

TEST_CASE("after a change a mismatch means that a restart is due", "[signup][plan]") {
    const Target front = env_file(Target::Kind::front_env);
    const Observed before{.files = {holding(front, "A=1\n")}, .api = saying(Openness::open)};
    const Plan plan = make_plan(wanting(State::disabled, {front}), before);
    CHECK(plan.changed());
    CHECK(plan.restart_required);
}

TEST_CASE("a service that is not there yet fails a run but not a check", "[signup][plan]") {
    const Observed before{
        .api =
            Verdict{.reason = "nobody listens", .not_there_yet = true, .error_kind = "connection_refused"}};
    Desired desired = wanting(State::disabled);
    CHECK(failure_of(desired, before).kind == "connection_refused");
    desired.check_mode = true;
    CHECK(make_plan(desired, before).warnings.size() == 1);
}

}  // namespace lago::signup
