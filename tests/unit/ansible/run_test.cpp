// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/run.hpp"

#include <catch2/catch_test_macros.hpp>
#include <new>
#include <stdexcept>

#include "ansible/json.hpp"
#include "ansible/process.hpp"

namespace lago::ansible {

namespace {

constexpr std::string_view spec =
    R"({"argument_spec": {"password": {"no_log": true}, "how": {}, "timeout": {"type": "int"}},
    "supports_check_mode": true})";

// Fails in each way there is, with the secret in its words.
Result run(Call& call) {
    const auto secret = call.options().secret("password");
    const std::string words = "because of " + std::string(secret ? secret->expose() : "nothing");
    const std::string how = call.options().find<std::string>("how").value_or("");
    if (how == "failure")
        throw Failure{
            .what = "it failed", .why = words, .hint = "", .kind = "test", .facts = {{"server", words}}};
    if (how == "logic") throw std::logic_error(words);
    if (how == "memory") throw std::bad_alloc();
    if (how == "number") throw 5;  // NOLINT: what no module of ours does
    return Result{
        .changed = true, .returned = {{"words", words}}, .diff = {}, .warnings = {words}, .disclosed = {}};
}

constexpr Module module{"lago_test", spec, run};

Dict answer(std::string_view json, int code) {
    const Answer given = run_module(module, json);
    INFO(given.text);
    CHECK(given.code == code);
    CHECK(given.text.front() == '\n');
    CHECK(given.text.back() == '\n');
    CHECK(given.text.find("hunter2") == std::string::npos);
    const auto printed = parse_json(given.text);
    REQUIRE(printed);
    REQUIRE(printed->as_dict() != nullptr);
    return *printed->as_dict();
}

}  // namespace

TEST_CASE("whatever a module does, one JSON object comes out, without its secrets", "[run]") {
    CHECK(*answer(R"({"password": "hunter2"})", 0).find("changed") == Value(true));
    for (const char* how : {"failure", "logic", "memory", "number"}) {
        const Dict result =
            answer(R"({"password": "hunter2", "how": ")" + std::string(how) + R"(", "_ansible_verbosity": 4,
            "_ansible_inject_invocation": true})",
                   1);
        CHECK(*result.find("failed") == Value(true));
        REQUIRE(result.find("msg") != nullptr);
    }
    CHECK(*answer(R"({"password": "hunter2", "how": "failure"})", 1).find("error_kind") == Value("test"));
    CHECK(*answer(R"({"password": "hunter2", "zz": "hunter2"})", 1).find("failed") == Value(true));
    CHECK(*answer(R"({"password": "hunter2", "timeout": "hunter2"})", 1).find("failed") == Value(true));
    secrets::wipe();
}

TEST_CASE("parameters come in each of their forms", "[run]") {
    CHECK(answer(R"({"ANSIBLE_MODULE_ARGS": {"how": "x"}})", 0).contains("words"));
    CHECK(answer(R"({"how": "x", "_lago_applet": "lago_test"})", 0).contains("words"));
    for (const char* wrong : {"", "{", "[]", "5", R"({"ANSIBLE_MODULE_ARGS": 5})", "\xff", "not json {{"})
        CHECK(*answer(wrong, 1).find("msg") ==
              Value("Error: Module unable to decode stdin/parameters as valid JSON. Unable to parse what "
                    "parameters were passed"));
    CHECK(*answer(R"({"how": "a\u0000b"})", 0).find("changed") == Value(true));
    CHECK(*answer(R"({"how": ")" + std::string(1 << 20, 'x') + "\"}", 0).find("changed") == Value(true));
}

TEST_CASE("a specification that is none is an internal error in one JSON object", "[run]") {
    for (const std::string_view broken :
         {"", "{}", R"({"argument_spec": 5})", R"({"argument_spec": {"a": 5}})"}) {
        const Module wrong{"lago_test", broken, run};
        const Answer given = run_module(wrong, "{}");
        CHECK(given.code == 1);
        REQUIRE(parse_json(given.text));
        CHECK(*parse_json(given.text)->as_dict()->find("failed") == Value(true));
    }
}

TEST_CASE("a text that is no file is taken as the parameters", "[run]") {
    CHECK(read_parameters(R"({"a": 1})") == R"({"a": 1})");
    CHECK(read_parameters("/") == "/");
}

}  // namespace lago::ansible
