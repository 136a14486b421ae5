// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secret.hpp"

#include <catch2/catch_test_macros.hpp>
#include <type_traits>

namespace lago {

namespace {

std::string doubled(std::string_view text) {
    return std::string(text) + std::string(text);
}
std::string first_letter(std::string_view text) {
    return std::string(text.substr(0, 1));
}

// The store is the process's: each test leaves it empty.
struct Emptied {
    ~Emptied() { secrets::wipe(); }
};

}  // namespace

TEST_CASE("a secret cannot be printed, compared or converted by accident", "[secret]") {
    STATIC_CHECK_FALSE(std::is_convertible_v<Secret, std::string>);
    STATIC_CHECK_FALSE(std::is_convertible_v<Secret, std::string_view>);
    STATIC_CHECK_FALSE(std::is_convertible_v<std::string, Secret>);
}

TEST_CASE("the text that a secret is made from is wiped", "[secret]") {
    const Emptied after;
    std::string text = "correct horse";
    const Secret secret(std::move(text));
    CHECK(text.empty());  // NOLINT: that it was taken is what is tested
    CHECK(secret.expose() == "correct horse");
}

TEST_CASE("scrubbing blanks a whole text, and what is inside one, longest first", "[secret]") {
    const Emptied after;
    const Secret shorter(std::string_view("hunter")), longer(std::string_view("hunter2"));
    CHECK(secrets::scrub("hunter2") == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER");
    CHECK(secrets::scrub("hunter") == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER");
    CHECK(secrets::scrub("a hunter2, hunter and hunter22") == "a ********, ******** and ********2");
    CHECK(secrets::scrub("hunt") == "hunt");
    CHECK(secrets::holds_secret("xhunterx"));
    CHECK_FALSE(secrets::holds_secret("xhuntex"));
}

TEST_CASE("a mask is no secret, even where a secret is an asterisk", "[secret]") {
    const Emptied after;
    const Secret letter(std::string_view("a")), star(std::string_view("********"));
    CHECK(secrets::scrub("a") == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER");
}

TEST_CASE("an empty secret hides nothing", "[secret]") {
    const Emptied after;
    const Secret empty{std::string_view()};
    CHECK(empty.empty());
    CHECK(secrets::scrub("text") == "text");
    CHECK(secrets::scrub("").empty());
}

TEST_CASE("what is encoded from a secret is one too, unless it is too short", "[secret]") {
    const Emptied after;
    const Secret secret(std::string_view("hunter2"));
    CHECK(secret.map(doubled).expose() == "hunter2hunter2");
    CHECK(secrets::scrub("x hunter2hunter2 x") == "x ******** x");
    CHECK(secret.map(first_letter).expose() == "h");
    CHECK(secrets::scrub("ha") == "ha");
}

TEST_CASE("secrets compare by their content", "[secret]") {
    const Emptied after;
    const Secret one(std::string_view("abc")), same(std::string_view("abc")), other(std::string_view("abd")),
        longer(std::string_view("abcd"));
    CHECK(one.same_as(same));
    CHECK_FALSE(one.same_as(other));
    CHECK_FALSE(one.same_as(longer));
}

TEST_CASE("after wiping there is nothing left to see, and nothing to hide", "[secret]") {
    const Secret secret(std::string_view("hunter2"));
    secrets::wipe();
    CHECK(secret.expose().empty());
    CHECK(secrets::scrub("hunter2") == "hunter2");
}

}  // namespace lago
