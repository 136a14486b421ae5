// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/statement.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace lago;
using namespace lago::postgres;

namespace {

std::optional<std::string> in_brackets(std::string_view text) {
    return "[" + std::string(text) + "]";
}
std::optional<std::string> impossible(std::string_view) {
    return std::nullopt;
}

Statement set_password() {
    return Statement().sql("ALTER ROLE ").name(Identifier("a\"b", "owner")).sql(" PASSWORD ").password();
}

}  // namespace

TEST_CASE("a statement is shown quoted and without its password", "[postgres][statement]") {
    CHECK(set_password().shown() == R"(ALTER ROLE "a""b" PASSWORD '********')");
    CHECK(Statement().sql("VERSION ").literal(Text("it's", "version")).shown() == "VERSION 'it''s'");
}

TEST_CASE("each part is quoted by the connection", "[postgres][statement]") {
    const auto text = set_password().text({in_brackets, in_brackets}, Secret(std::string_view("verifier")));
    CHECK(text == "ALTER ROLE [a\"b] PASSWORD [verifier]");
}

TEST_CASE("a statement that cannot be quoted is not sent", "[postgres][statement]") {
    CHECK_FALSE(set_password().text({impossible, in_brackets}, Secret(std::string_view("verifier"))));
    CHECK_FALSE(set_password().text({in_brackets, in_brackets}, std::nullopt));
}
