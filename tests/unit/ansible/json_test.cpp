// SPDX-License-Identifier: GPL-3.0-or-later

// Expectations: what Python's json.loads and json.dumps give.
#include "ansible/json.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

namespace lago::ansible {

namespace {

Value read(std::string_view text) {
    auto value = parse_json(text);
    INFO(text);
    REQUIRE(value.has_value());
    return *value;
}

std::string round_trip(std::string_view text) {
    return to_json(read(text));
}

}  // namespace

TEST_CASE("what Python writes comes back as it was", "[json]") {
    for (
        const std::string_view text :
        {R"({"b": 1, "a": [true, false, null, "x"], "c": {}})", R"([])", R"("")", R"(-5)",
         R"([1.5, 1e+16, 1e-07, 0.0001])", R"("\u00fc \ud83d\ude00 \u007f \" \\ \n\r\t\b\f \u0001")",
         R"([NaN, Infinity, -Infinity])",
         R"([18446744073709551616, -170141183460469231731687303715884105728, 9223372036854775807, 9223372036854775808])",
         R"(["\ud800", "\udc80x", "a\udfffb\ud83d"])", R"({"\ud800": NaN})"})
        CHECK(round_trip(text) == text);
}

TEST_CASE("the last of equal keys wins and keeps the first one's place", "[json]") {
    CHECK(round_trip(R"({"a": 1, "b": 2, "a": 3})") == R"({"a": 3, "b": 2})");
}

TEST_CASE("numbers beyond a double are infinite, integers of any size keep their digits", "[json]") {
    CHECK(std::isinf(*read("1e999").as_real()));
    CHECK(*read("-1e999").as_real() < 0);
    CHECK(std::isinf(*read("1" + std::string(400, '0') + ".0").as_real()));
    const std::string digits = "7" + std::string(400, '1');
    REQUIRE(read(digits).as_integer() != nullptr);
    CHECK(read(digits).as_integer()->text == digits);
    CHECK_FALSE(read(digits).as_integer()->value);
    CHECK_FALSE(parse_json(std::string(4301, '1')));
    CHECK(round_trip("-0") == "0");
    CHECK(round_trip("-0.0") == "-0.0");
}

TEST_CASE("texts that look like our own marks stay what they are", "[json]") {
    const std::string mark = "\xf4\x8f\xbf\xbf";
    for (const std::string& text : std::vector<std::string>{mark, mark + "nNaN", mark + mark,
                                                            mark + "\xee\x80\x80", "NaN", "\\", "[NaN]"}) {
        const Value both = List{text, std::nan("")};
        const auto again = parse_json(to_json(both));
        REQUIRE(again);
        CHECK(*again->as_list()->front().as_string() == text);
        CHECK(std::isnan(*again->as_list()->back().as_real()));
        const auto raw = parse_json("[\"" + (text == "\\" ? "\\\\" : text) + "\", NaN]");
        REQUIRE(raw);
        CHECK(*raw->as_list()->front().as_string() == text);
    }
}

TEST_CASE("what is no JSON is refused", "[json]") {
    for (const std::string_view text :
         {"",         " ",          "{",        "[1,]",   "{\"a\"}", "{a: 1}",    "'a'",    "nan",
          "-NaN",     "Infinit",    "+1",       "01",     "1.",      ".5",        "\"\n\"", "\"\\x\"",
          "{NaN: 1}", "{1e999: 1}", "[1e999x]", "1.e999", "tru",     "\"\\ud8\"", "[1] 2",  "\"\xff\""}) {
        INFO(text);
        CHECK_FALSE(parse_json(text));
    }
}

TEST_CASE("a bottomless text is refused, not a crash", "[json]") {
    CHECK_FALSE(parse_json(std::string(1'000'000, '[')));
    CHECK(parse_json(std::string(500, '[') + std::string(500, ']')));
}

TEST_CASE("bytes that are not UTF-8 are written as replacement characters", "[json]") {
    CHECK(to_json("a\xff\xfe z\xc3") == R"("a\ufffd\ufffd z\ufffd")");
}

TEST_CASE("NUL is a character like others", "[json]") {
    const Value value = read(R"("a\u0000b")");
    CHECK(value.as_string()->size() == 3);
    CHECK(to_json(value) == R"("a\u0000b")");
}

}  // namespace lago::ansible
