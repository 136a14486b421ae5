// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/verifier.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "core/failure.hpp"

using namespace lago;
using namespace lago::postgres;

namespace {

// Password and salt of RFC 7677's example; the keys by Python's hashlib and hmac after RFC 5802.
const std::string pencil =
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
    "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
// The same of "IX", which SASLprep makes of "I", a soft hyphen and "X" (RFC 4013, section 3).
const std::string nine =
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$jm4XkHvFe7q0xZ4vmAKJUiTKPr1F+7MXnYyksTUVeBE=:"
    "EqXM4c5+I7lQ5vHl5Ngu2rY8DBMM1XjG0dY6GEjwLx0=";

Secret secret(std::string_view text) {
    return Secret(text);
}
std::string replaced(std::string text, std::string_view part, std::string_view by) {
    return text.replace(text.find(part), part.size(), by);
}
std::string hint_of(std::string_view password) {
    try {
        check_password(secret(password), "password");
    } catch (const Failure& failure) {
        return failure.kind;
    }
    return "";
}

}  // namespace

TEST_CASE("a SCRAM verifier matches its password only", "[postgres][verifier]") {
    CHECK(matches(secret(pencil), secret("pencil"), "user") == Match::yes);
    CHECK(matches(secret(pencil), secret("Pencil"), "user") == Match::no);
    CHECK(matches(secret(pencil), secret(""), "user") == Match::no);
}

TEST_CASE("a password is prepared by SASLprep before it is compared", "[postgres][verifier]") {
    CHECK(matches(secret(nine), secret("I\u00adX"), "user") == Match::yes);
    CHECK(matches(secret(nine), secret("\u2168"), "user") == Match::yes);  // ROMAN NUMERAL NINE
    CHECK(matches(secret(nine), secret("ix"), "user") == Match::no);
}

TEST_CASE("an MD5 verifier is of password and role", "[postgres][verifier]") {
    const Secret stored = secret("md520c46e3762c864548e296b33c3406aa9");  // md5("pencil" "user")
    CHECK(matches(stored, secret("pencil"), "user") == Match::yes);
    CHECK(matches(stored, secret("pencil"), "other") == Match::no);
}

TEST_CASE("a password in stored form is compared as it is", "[postgres][verifier]") {
    CHECK(form_of(secret(pencil)) == Form::scram);
    CHECK(matches(secret(pencil), secret(pencil), "user") == Match::yes);
    CHECK(matches(secret(pencil), secret(nine), "user") == Match::no);
    CHECK(form_of(secret("md520c46e3762c864548e296b33c3406aa9")) == Form::md5);
    CHECK(form_of(secret("md520C46E3762C864548E296B33C3406AA9")) == Form::clear);
    CHECK(form_of(secret("md5 is my password")) == Form::clear);
    CHECK(form_of(secret("SCRAM-SHA-256$ is my password")) == Form::clear);
}

TEST_CASE("a verifier made here is one of the password, with a salt of its own", "[postgres][verifier]") {
    const Secret password = secret("p\u00e4ss'\"\\ $word");
    const auto one = make_verifier(password, 4096);
    const auto other = make_verifier(password, 4096);
    REQUIRE(one);
    REQUIRE(other);
    CHECK_FALSE(one->same_as(*other));
    CHECK(form_of(*one) == Form::scram);
    CHECK(matches(*one, password, "lago") == Match::yes);
    CHECK(secrets::scrub("text with " + std::string(one->expose())) == "text with ********");
}

TEST_CASE("only a whole verifier is taken for one", "[postgres][verifier]") {
    CHECK(parse_scram(pencil));
    for (const std::string& broken :
         {std::string(), std::string("SCRAM-SHA-256$"), pencil.substr(0, pencil.size() - 1), pencil + "=",
          replaced(pencil, "4096", "0"), replaced(pencil, "4096", "-1"),
          replaced(pencil, "4096", "99999999999"), replaced(pencil, "4096", "4096x"),
          replaced(pencil, "W22Z", "W2:Z"), replaced(pencil, "W22Z", "W2!Z"),
          replaced(pencil, "W22ZaJ0SNY7soEsUEjb6gQ==", ""), replaced(pencil, "WG5d", ""),
          replaced(pencil, "SHA-256", "SHA-512")}) {
        CAPTURE(broken);
        CHECK_FALSE(parse_scram(broken));
        CHECK(matches(secret(broken), secret("pencil"), "user") == Match::unreadable);
    }
}

TEST_CASE("passwords that no server could take are refused", "[postgres][verifier]") {
    CHECK(hint_of("").starts_with("bad_password"));
    CHECK(hint_of(std::string(1 << 20, 'x')) == "bad_password");
    CHECK(hint_of(std::string("a\0b", 3)) == "bad_password");
    CHECK(hint_of("\xff\xfe") == "bad_password");
    CHECK(hint_of("\xed\xb2\x80") == "bad_password");  // a lone surrogate
    CHECK(hint_of(std::string(4096, 'x')).empty());
    CHECK(hint_of(" \t\n'\"\\;--$$ \u2603").empty());
}
