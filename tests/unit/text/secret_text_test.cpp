// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/secret_text.hpp"

#include <catch2/catch_test_macros.hpp>

#include "text/raw_bytes.hpp"

namespace lago::text {

namespace {

Secret secret(std::string_view text) {
    return Secret(text);
}

std::string substituted(std::string_view content, std::string_view value) {
    const auto made = substitute(secret(content), {{"@KEY@", secret(value)}});
    return made ? std::string(made->expose()) : "failed";
}

Outline change(std::string_view before, std::string_view after) {
    return outline_of_change(secret(before), secret(after));
}

}  // namespace

TEST_CASE("a token is replaced where it is a whole value, and only there", "[text][substitute]") {
    CHECK(substituted("@KEY@", "v") == "v");
    CHECK(substituted("@KEY@\n", "v\n") == "v\n");
    CHECK(substituted("A=@KEY@\nB=x@KEY@\n# A=@KEY@ x\nC=@KEY@", "v") == "A=v\nB=x@KEY@\n# A=@KEY@ x\nC=v");
    CHECK(substituted("A=@KEY@\r\nB=1\r\n", "v\r\n") == "A=v\r\nB=1\r\n");
    CHECK(substituted("A==\n@KEY@\n", "=") == "A==\n=\n");
    CHECK(substituted("x\n@KEY@\ny\n", "a\nb\n") == "x\na\nb\ny\n");
}

TEST_CASE("what was put in is not looked at again", "[text][substitute]") {
    const auto made = substitute(secret("A=@1@\nB=@2@\n"), {{"@1@", secret("@2@")}, {"@2@", secret("x")}});
    REQUIRE(made);
    CHECK(made->same_as(secret("A=@2@\nB=x\n")));
}

TEST_CASE("a token that is nowhere a whole value, and a value that breaks its line, are errors",
          "[text][substitute]") {
    using Kind = SubstituteError::Kind;
    for (const std::string_view content : {"", "A=x@KEY@", "A= @KEY@", "A=\"@KEY@\"", "@KEY@ ", "KEY"})
        CHECK(substitute(secret(content), {{"@KEY@", secret("v")}}).error() ==
              SubstituteError{Kind::not_a_whole_value, "@KEY@"});
    for (const std::string_view value :
         {std::string_view("a\nb"), std::string_view("a\rb"), std::string_view("a\0b", 3)})
        CHECK(substitute(secret("A=@KEY@"), {{"@KEY@", secret(value)}}).error() ==
              SubstituteError{Kind::several_lines, "@KEY@"});
}

TEST_CASE("a variable of an env file is a secret", "[text][substitute]") {
    CHECK((*secret_variable(secret("A=1\nB=x y\n"), "B"))->same_as(secret("x y")));
    CHECK_FALSE(secret_variable(secret("A=1\n"), "B")->has_value());
    CHECK_FALSE(secret_variable(secret(std::string_view("A=\0", 3)), "A").has_value());
}

TEST_CASE("a variable that may be shown is not scrubbed", "[text][substitute]") {
    CHECK(*plain_variable(secret("A=shown on purpose\n"), "A") == "shown on purpose");
    CHECK(secrets::scrub("it is shown on purpose") == "it is shown on purpose");
    CHECK(*plain_variable(secret("A=\n"), "A") == "");
    CHECK(*plain_variable(secret("A\n"), "A") == std::nullopt);
    CHECK(*plain_variable(secret("A=1\n"), "B") == std::nullopt);
    CHECK_FALSE(plain_variable(secret(std::string_view("A=\0", 3)), "A").has_value());
}

TEST_CASE("whether a variable stands there, with or without a value", "[text][substitute]") {
    CHECK(*sets_variable(secret("A=1\n"), "A"));
    CHECK(*sets_variable(secret("A=\n"), "A"));
    CHECK(*sets_variable(secret("A\n"), "A"));
    CHECK_FALSE(*sets_variable(secret("# A=1\nAB=1\n"), "A"));
    CHECK_FALSE(sets_variable(secret("export A=1\n"), "A").has_value());
}

TEST_CASE("an env file with one variable more", "[text][substitute]") {
    CHECK(with_variable(secret("A=1\n"), "B", secret("x y"))->same_as(secret("A=1\nB=x y\n")));
    CHECK(with_variable(secret("A=1"), "B", secret("2"))->same_as(secret("A=1\nB=2")));
    CHECK(with_variable(secret(""), "B", secret("2"))->same_as(secret("B=2\n")));
    CHECK_FALSE(with_variable(secret(""), "B", secret("2\n3")).has_value());
}

TEST_CASE("line ends are left out before encoding", "[text][substitute]") {
    CHECK(secret("a/b\n").map(percent_encoded_line).same_as(secret("a%2Fb")));
    CHECK(secret("a\r\n").map(without_line_end).same_as(secret("a")));
    CHECK(without_line_end("a\n\n") == "a\n");
}

TEST_CASE("a secret between two texts, without its line end", "[text][substitute]") {
    CHECK(surrounded("redis://:", secret("p4ssword\n"), "@h").same_as(secret("redis://:p4ssword@h")));
    CHECK(surrounded("", secret("p4ssword"), "").same_as(secret("p4ssword")));
    CHECK(secrets::scrub("see redis://:p4ssword@h").find("redis") == std::string::npos);
}

TEST_CASE("the outline of a change names variables and never a value", "[text][outline]") {
    const Outline outline = change("# x\nA=1\nGONE=2\nSAME=s\n", "A=3\nNEW=4\nSAME=s\n");
    CHECK(outline.before == "A=(hidden)\nGONE=(hidden)\n");
    CHECK(outline.after == "A=(hidden, changed)\nNEW=(hidden)\n");
    const Outline made = outline_of_change(std::nullopt, secret("A=1\nB=2\n"));
    CHECK(made.before.empty());
    CHECK(made.after == "A=(hidden)\nB=(hidden)\n");
    CHECK(change("A_KEY=1\n", "A_KEY=2\n").after == "A_KEY=(hidden, changed)\n");
}

TEST_CASE("what may be no env file is not looked into", "[text][outline]") {
    for (const std::string_view content :
         {"ABCDEFGH234567==", "PASS=word", "-----BEGIN PRIVATE KEY-----\nAA==\n", "s3cr=et\nother=x\n",
          "user_pw=x\n", "ABC_DEF==", "word"}) {
        CAPTURE(content);
        CHECK(outline_of_change(std::nullopt, secret(content)).after == "(hidden)\n");
        CHECK(change("x", content).after == "(hidden, changed)\n");
    }
    CHECK(change("A=1\nB=2\n", "B=2\nA=1\n").after == "(hidden, changed)\n");
    CHECK(outline_of_change(secret("x"), std::nullopt).after.empty());
}

TEST_CASE("secrets of an env file are seen nowhere from then on", "[text][secrets]") {
    secrets::wipe();  // those of the other tests
    keep_secrets_of_env(
        "# a comment\nSECRET_KEY_BASE=planted-one\r\nDATABASE_URL=postgres://lago:pl%40nted-two@db/lago\n"
        "REDIS_URL=redis://:planted/@three@redis:6379\nLAGO_API_URL=https://planted-four/\n"
        "SMTP_PASSWORD=abc\nUSE_TOKEN=true\nlago_license=planted-five");
    CHECK(secrets::scrub("a planted-one") == "a ********");
    CHECK(secrets::scrub("pl%40nted-two or pl@nted-two") == "******** or ********");
    CHECK(secrets::scrub("it is planted/@three") == "it is ********");
    CHECK(secrets::scrub("it is planted-five") == "it is ********");
    CHECK(secrets::scrub("planted-four abc true lago") == "planted-four abc true lago");
}

TEST_CASE("escaped bytes become bytes again, other lone surrogates are refused", "[text][bytes]") {
    CHECK(raw_bytes("a\xc3\xa4z") == "a\xc3\xa4z");
    CHECK(raw_bytes("\xed\xb2\x80|\xed\xb3\xbf") == "\x80|\xff");
    CHECK(raw_bytes("\xed\x9f\xbf") == "\xed\x9f\xbf");
    CHECK_FALSE(raw_bytes("\xed\xa0\x80"));
    CHECK_FALSE(raw_bytes("\xed\xb0\x80"));
    CHECK(raw_bytes("\xed") == "\xed");
}

}  // namespace lago::text
