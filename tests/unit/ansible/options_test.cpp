// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/options.hpp"

#include <catch2/catch_test_macros.hpp>
#include <stdexcept>
#include <tuple>

#include "ansible/argument_spec.hpp"
#include "ansible/json.hpp"
#include "core/failure.hpp"

namespace lago {

namespace {

const ansible::ModuleSpec& spec() {
    static const ansible::ModuleSpec made =
        ansible::ModuleSpec::from(*ansible::parse_json(R"({"argument_spec": {
        "name": {}, "port": {"type": "int"}, "tags": {"type": "list", "elements": "str"}, "password": {"no_log": true},
        "keys": {"type": "dict", "no_log": true},
        "one": {"type": "dict", "options": {"key": {"no_log": true}, "size": {"type": "int"}}},
        "many": {"type": "list", "elements": "dict", "options": {"a": {}}}}})"));
    return made;
}

Options options(const char* json) {
    return Options(*ansible::parse_json(json)->as_dict(), spec().arguments);
}

}  // namespace

TEST_CASE("options come in their types", "[options]") {
    const Options given = options(
        R"({"name": "x", "port": 5, "tags": ["a", "b"], "one": {"size": 7}, "many": [{"a": "1"}, {"a": "2"}]})");
    CHECK(given.get<std::string>("name") == "x");
    CHECK(given.get<int>("port") == 5);
    CHECK(given.get<std::vector<std::string>>("tags") == std::vector<std::string>{"a", "b"});
    CHECK(given.get<Options>("one").get<int>("size") == 7);
    CHECK(given.get<std::vector<Options>>("many").at(1).get<std::string>("a") == "2");
}

TEST_CASE("a number below the smallest that has a meaning is the user's mistake", "[options]") {
    CHECK(options(R"({"port": 1})").at_least("port", 1) == 1);
    try {
        std::ignore = options(R"({"port": 0})").at_least("port", 1);
        FAIL("0 was taken");
    } catch (const Failure& failure) {
        CHECK(failure.what == "port");
        CHECK(failure.kind == "bad_port");
        CHECK(failure.why.starts_with("0 "));
        CHECK(failure.hint == "Give 1 or more");
    }
}

TEST_CASE("absent and null are nothing; an empty secret is a value", "[options]") {
    const Options given = options(R"({"name": null, "password": ""})");
    CHECK_FALSE(given.find<std::string>("name"));
    CHECK_FALSE(given.find<int>("port"));
    CHECK_FALSE(given.given("name"));
    CHECK(given.given("password"));
    REQUIRE(given.secret("password"));
    CHECK(given.secret("password")->empty());
}

TEST_CASE("a secret comes as a secret only", "[options]") {
    const Options given = options(R"({"password": "hunter2", "one": {"key": "k", "size": 1}})");
    CHECK(given.secret("password")->expose() == "hunter2");
    CHECK_THROWS_AS(given.find<std::string>("password"), std::logic_error);
    CHECK_THROWS_AS(given.secret("name"), std::logic_error);
    CHECK_THROWS_AS(given.find<Dict>("one"), std::logic_error);
    CHECK(given.get<Options>("one").secret("key")->expose() == "k");
    secrets::wipe();
}

TEST_CASE("a dictionary of secrets keeps its names, and only those", "[options]") {
    const auto given = options(R"({"keys": {"B": "first one", "A": 7, "C": null}})").secrets("keys");
    REQUIRE(given.size() == 2);
    CHECK(given[0].first == "B");
    CHECK(given[0].second.expose() == "first one");
    CHECK(given[1].second.expose() == "7");
    CHECK(secrets::scrub("the first one of B") == "the ******** of B");
    CHECK(options("{}").secrets("keys").empty());
    CHECK_THROWS_AS(options("{}").secrets("name"), std::logic_error);
    secrets::wipe();
}

TEST_CASE("a module's own mistakes are defects, a number too large is the user's", "[options]") {
    const Options given = options(R"({"name": "x", "port": 99999999999})");
    CHECK_THROWS_AS(given.find<std::string>("nmae"), std::logic_error);
    CHECK_THROWS_AS(given.find<int>("name"), std::logic_error);
    CHECK_THROWS_AS(given.get<std::vector<std::string>>("tags"), std::logic_error);
    CHECK_THROWS_AS(given.find<int>("port"), Failure);
    CHECK(given.get<std::int64_t>("port") == 99999999999);
}

}  // namespace lago
