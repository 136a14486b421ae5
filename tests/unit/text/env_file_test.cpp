// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/env_file.hpp"

#include <catch2/catch_test_macros.hpp>

namespace lago::text {

namespace {

constexpr std::string_view name = "LAGO_DISABLE_SIGNUP";

std::string set_true(std::string_view content) {
    const auto changed = set_variable(content, name, "true");
    REQUIRE(changed.has_value());
    return *changed;
}

std::optional<std::string> value_in(std::string_view content) {
    const auto found = find_variable(content, name);
    REQUIRE(found.has_value());
    REQUIRE(found->has_value());
    return (*found)->value;
}

}  // namespace

TEST_CASE("a variable of an env file is changed where it stands", "[text][env]") {
    CHECK(set_true("A=1\nLAGO_DISABLE_SIGNUP=false\nB=2\n") == "A=1\nLAGO_DISABLE_SIGNUP=true\nB=2\n");
    CHECK(set_true("  LAGO_DISABLE_SIGNUP=false\n") == "  LAGO_DISABLE_SIGNUP=true\n");
    CHECK(set_true("LAGO_DISABLE_SIGNUP\n") == "LAGO_DISABLE_SIGNUP=true\n");
    CHECK(set_true("LAGO_DISABLE_SIGNUP=\n") == "LAGO_DISABLE_SIGNUP=true\n");
    CHECK(set_true("LAGO_DISABLE_SIGNUP=false  # not a comment to docker\n") == "LAGO_DISABLE_SIGNUP=true\n");
}

TEST_CASE("quotes and blanks belong to the value, as docker reads it", "[text][env]") {
    CHECK(value_in("LAGO_DISABLE_SIGNUP=\"true\"\n") == "\"true\"");
    CHECK(value_in("LAGO_DISABLE_SIGNUP=true \n") == "true ");
    CHECK(value_in("LAGO_DISABLE_SIGNUP=a=b\n") == "a=b");
    CHECK(value_in("LAGO_DISABLE_SIGNUP=true\r\n") == "true");
    CHECK(value_in("LAGO_DISABLE_SIGNUP\n") == std::nullopt);
    CHECK(set_true("LAGO_DISABLE_SIGNUP=\"true\"\n") == "LAGO_DISABLE_SIGNUP=true\n");
}

TEST_CASE("comments and other names are not the variable", "[text][env]") {
    const std::string content =
        "#LAGO_DISABLE_SIGNUP=false\n # LAGO_DISABLE_SIGNUP=false\nXLAGO_DISABLE_SIGNUP=false\n"
        "LAGO_DISABLE_SIGNUP_X=false\nlago_disable_signup=false\n";
    const auto found = find_variable(content, name);
    REQUIRE(found.has_value());
    CHECK_FALSE(found->has_value());
    CHECK(set_true(content) == content + "LAGO_DISABLE_SIGNUP=true\n");
}

TEST_CASE("a new variable becomes the last line, in the file's own style", "[text][env]") {
    CHECK(set_true("") == "LAGO_DISABLE_SIGNUP=true\n");
    CHECK(set_true("A=1\n") == "A=1\nLAGO_DISABLE_SIGNUP=true\n");
    CHECK(set_true("A=1") == "A=1\nLAGO_DISABLE_SIGNUP=true");
    CHECK(set_true("A=1\r\nB=2\r\n") == "A=1\r\nB=2\r\nLAGO_DISABLE_SIGNUP=true\r\n");
    CHECK(set_true("A=1\r\nB=2") == "A=1\r\nB=2\r\nLAGO_DISABLE_SIGNUP=true");
    CHECK(set_true("\xef\xbb\xbf") == "\xef\xbb\xbfLAGO_DISABLE_SIGNUP=true\n");
}

TEST_CASE("bytes that are not ours stay", "[text][env]") {
    CHECK(set_true("\xef\xbb\xbfLAGO_DISABLE_SIGNUP=false\r\nKEY=\xff\xfe \t\r\n\r\n") ==
          "\xef\xbb\xbfLAGO_DISABLE_SIGNUP=true\r\nKEY=\xff\xfe \t\r\n\r\n");
    CHECK(set_true("LAGO_DISABLE_SIGNUP=false") == "LAGO_DISABLE_SIGNUP=true");
    CHECK(set_true("A=1\n\n\nLAGO_DISABLE_SIGNUP=false\r\nB=2") ==
          "A=1\n\n\nLAGO_DISABLE_SIGNUP=true\r\nB=2");
}

TEST_CASE("of several lines the last one holds, and only that one is changed", "[text][env]") {
    const std::string content =
        "LAGO_DISABLE_SIGNUP=true\nA=1\nLAGO_DISABLE_SIGNUP=x\nLAGO_DISABLE_SIGNUP=false\n";
    const auto found = find_variable(content, name);
    REQUIRE(found.has_value());
    CHECK(**found == EnvVariable{.value = "false", .line = 4, .overridden = {1, 3}});
    CHECK(set_true(content) ==
          "LAGO_DISABLE_SIGNUP=true\nA=1\nLAGO_DISABLE_SIGNUP=x\nLAGO_DISABLE_SIGNUP=true\n");
}

TEST_CASE("lines that docker refuses are refused with their number", "[text][env]") {
    for (const std::string_view line : {"export LAGO_DISABLE_SIGNUP=false", "LAGO_DISABLE_SIGNUP = false",
                                        "LAGO_DISABLE_SIGNUP\t=false", "export  LAGO_DISABLE_SIGNUP"}) {
        CAPTURE(line);
        const auto changed = set_variable("A=planted-secret\n" + std::string(line) + "\n", name, "true");
        REQUIRE_FALSE(changed.has_value());
        CHECK(changed.error().kind == EnvError::Kind::bad_line);
        CHECK(changed.error().message.find("line 2") != std::string::npos);
        CHECK(changed.error().message.find("planted-secret") == std::string::npos);
    }
    CHECK(set_true("export OTHER=1\n") == "export OTHER=1\nLAGO_DISABLE_SIGNUP=true\n");
}

TEST_CASE("what is no env file, and values that fit in none", "[text][env]") {
    CHECK(set_variable(std::string_view("A\0=1\n", 5), name, "true").error().kind ==
          EnvError::Kind::not_text);
    CHECK(set_variable("A=1\n", name, "true\nB=2").error().kind == EnvError::Kind::bad_value);
    CHECK(set_variable("A=1\n", name, std::string_view("a\0b", 3)).error().kind == EnvError::Kind::bad_value);
}

TEST_CASE("setting a variable twice is setting it once", "[text][env]") {
    for (const std::string_view content :
         {"", "A=1", "A=1\r\n", "LAGO_DISABLE_SIGNUP=false", "\xef\xbb\xbf#x\n"}) {
        const std::string once = set_true(content);
        CHECK(set_true(once) == once);
        CHECK(value_in(once) == "true");
    }
}

}  // namespace lago::text
