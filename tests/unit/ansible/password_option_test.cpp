// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/password_option.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <string>
#include <utility>

#include "ansible/argument_spec.hpp"
#include "ansible/json.hpp"
#include "core/failure.hpp"
#include "system/folder.hpp"

namespace lago::ansible {

namespace {

using system::TestFolder;

const ModuleSpec& spec() {
    static const ModuleSpec made = ModuleSpec::from(*parse_json(R"({"argument_spec": {
        "password": {"no_log": true}, "password_file": {"type": "path"}, "password_file_key": {}}})"));
    return made;
}

PasswordOption read(Dict given, bool check_mode = false) {
    return password_option(Options(std::move(given), spec().arguments), "password", check_mode);
}

Dict in_file(const system::Path& path) {
    return Dict{{"password_file", path.string()}};
}

Dict in_variable(const system::Path& path, const std::string& key) {
    return Dict{{"password_file", path.string()}, {"password_file_key", key}};
}

Failure failure_of(const Dict& given, bool check_mode = false) {
    try {
        read(given, check_mode);
    } catch (Failure& failure) {
        CHECK(failure.kind == "password_file");
        CHECK(failure.what.find(*given.find("password_file")->as_string()) != std::string::npos);
        CHECK_FALSE(failure.hint.empty());
        return std::move(failure);
    }
    FAIL("it was accepted");
    return {};
}

}  // namespace

TEST_CASE("a password is the option's text", "[password_option]") {
    const PasswordOption found = read({{"password", "planted"}});
    REQUIRE(found.password);
    CHECK(found.password->expose() == "planted");
    CHECK(found.option == "password");
    CHECK_FALSE(found.follows);
    CHECK(read({{"password", ""}}).password->empty());
    CHECK_FALSE(read({}).password);
    CHECK_FALSE(read({}).follows);
}

TEST_CASE("an empty path is no path", "[password_option]") {
    const PasswordOption found = read({{"password", "planted"}, {"password_file", ""}});
    CHECK(found.password->expose() == "planted");
    CHECK(found.option == "password");
}

TEST_CASE("a password is a file's content without one line end", "[password_option]") {
    const TestFolder folder;
    const PasswordOption found = read(in_file(folder.file("one", "planted\n")));
    CHECK(found.password->expose() == "planted");
    CHECK(found.option == "password_file");
    CHECK_FALSE(found.follows);
    CHECK(read(in_file(folder.file("none", "planted"))).password->expose() == "planted");
    CHECK(read(in_file(folder.file("windows", "planted\r\n"))).password->expose() == "planted");
    CHECK(read(in_file(folder.file("two", " planted \n\n"))).password->expose() == " planted \n");
}

TEST_CASE("a password is a variable of an env file", "[password_option]") {
    const TestFolder folder;
    const auto path = folder.file("env", "# PASSWORD=no\nPASSWORD=old\nOTHER=x\nPASSWORD='planted' \n");
    CHECK(read(in_variable(path, "PASSWORD")).password->expose() ==
          "'planted' ");  // docker takes no quotes off
    CHECK(read(in_variable(path, "PASSWORD")).option == "password_file");
}

TEST_CASE("what holds the password may follow in check mode", "[password_option]") {
    const TestFolder folder;
    const auto env = folder.file("env", "OTHER=x\nBARE\n");
    for (const Dict& given : {in_file(folder / "missing"), in_file(folder / "missing/below"),
                              in_variable(folder / "missing", "PASSWORD"), in_variable(env, "PASSWORD")}) {
        const PasswordOption found = read(given, true);
        CHECK(found.follows);
        CHECK_FALSE(found.password);
        CHECK(found.option == "password_file");
        failure_of(given);
    }
    CHECK(*failure_of(in_file(folder / "missing")).facts.find("errno") == Value(ENOENT));
}

TEST_CASE("a file that has no password in it is refused, in check mode too", "[password_option]") {
    const TestFolder folder;
    const auto env = folder.file("env", "EMPTY=\nSPACED =planted-secret\n");
    for (const bool check_mode : {false, true}) {
        CHECK(failure_of(in_file(folder.file("empty", "")), check_mode).why == "the file is empty");
        CHECK(failure_of(in_file(folder.file("line", "\n")), check_mode).why == "the file is empty");
        CHECK(failure_of(in_variable(env, "EMPTY"), check_mode).why == "the variable EMPTY is empty");
        CHECK(failure_of(in_variable(env, "SPACED"), check_mode).why.find("planted") == std::string::npos);
        const auto binary = folder.file("binary", std::string("PASSWORD=planted-secret\0", 24));
        CHECK(failure_of(in_variable(binary, "PASSWORD"), check_mode).why.find("planted") ==
              std::string::npos);
        CHECK(*failure_of(in_file(folder.path()), check_mode).facts.find("errno") == Value(EISDIR));
        const auto large = folder.file("large", std::string(65U << 10U, 'x'));
        CHECK(*failure_of(in_file(large), check_mode).facts.find("errno") == Value(EFBIG));
    }
}

TEST_CASE("a path that cannot be one is refused", "[password_option]") {
    for (const std::string& text : {std::string("relative/path"), std::string("/with\0nul", 9)})
        CHECK_THROWS_AS(read({{"password_file", text}}), Failure);
}

}  // namespace lago::ansible
