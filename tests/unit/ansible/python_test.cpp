// SPDX-License-Identifier: GPL-3.0-or-later

// Expectations: what Python 3 answers.
#include "ansible/python.hpp"

#include <pwd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

#include "ansible/json.hpp"

namespace lago::ansible::python {

TEST_CASE("floats look as repr() shows them", "[python]") {
    CHECK(float_repr(0.1) == "0.1");
    CHECK(float_repr(3.0) == "3.0");
    CHECK(float_repr(-0.0) == "-0.0");
    CHECK(float_repr(1e15) == "1000000000000000.0");
    CHECK(float_repr(1e16) == "1e+16");
    CHECK(float_repr(1.5e300) == "1.5e+300");
    CHECK(float_repr(0.0001) == "0.0001");
    CHECK(float_repr(0.00001) == "1e-05");
    CHECK(float_repr(123456789.125) == "123456789.125");
    CHECK(float_repr(5e-324) == "5e-324");
    CHECK(float_repr(std::nan("")) == "nan");
    CHECK(float_repr(-std::numeric_limits<double>::infinity()) == "-inf");
}

TEST_CASE("floats have the fewest digits that read back the same", "[python]") {
    const auto digits_of = [](std::string text) {  // neither point nor exponent, nor zeros that only fill up
        text.resize(std::min(text.find('e'), text.size()));
        std::erase(text, '.');
        const std::size_t first = std::min(text.find_first_not_of("0-"), text.size());
        return text.substr(first, text.find_last_not_of('0') + 1 - first);
    };
    const auto check = [&](double number) {
        std::array<char, 40> buffer{};
        const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                       std::chars_format::scientific);
        const std::string shown = float_repr(number);
        INFO(shown);
        CHECK(digits_of(shown) == digits_of(std::string(buffer.data(), end.ptr)));
        CHECK(std::strtod(shown.c_str(), nullptr) == number);
    };
    for (int power = -1074; power < 1024; ++power) {
        check(std::ldexp(1.0, power));
        check(std::nextafter(std::ldexp(1.0, power), 0.0));
    }
    std::mt19937_64 random(7);
    for (int count = 0; count < 20000; ++count) {
        const double number = std::bit_cast<double>(random());
        if (std::isfinite(number)) check(number);
    }
    CHECK(float_repr(9007199254740993.0) == "9007199254740992.0");
    CHECK(float_repr(5.684341886080802e-14) == "5.684341886080802e-14");
    CHECK(float_repr(-1.7976931348623157e308) == "-1.7976931348623157e+308");
    CHECK(float_repr(9.5) == "9.5");
    CHECK(float_repr(1e23) == "1e+23");
}

TEST_CASE("containers look as repr() shows them", "[python]") {
    CHECK(str(List{1, "x", Value(), true, 1.5}) == "[1, 'x', None, True, 1.5]");
    CHECK(str(Dict{{"a", List{}}, {"it's", Dict{}}}) == R"({'a': [], "it's": {}})");
    CHECK(repr("both ' and \"") == R"('both \' and "')");
    CHECK(repr("\\ \n \r \t \x01 \x7f") == R"('\\ \n \r \t \x01 \x7f')");
    CHECK(repr("ü \u00a0 \u200b \U000e0001") == "'ü \\xa0 \\u200b \\U000e0001'");
    CHECK(str("plain") == "plain");
}

TEST_CASE("texts become integers as int() has it", "[python]") {
    CHECK(to_int(" 7 ")->text == "7");
    CHECK(to_int("-007")->text == "-7");
    CHECK(to_int("-0")->text == "0");
    CHECK(to_int("1_000")->text == "1000");
    CHECK(to_int("\xd9\xa3")->text == "3");  // ARABIC-INDIC DIGIT THREE
    CHECK(to_int("99999999999999999999")->text == "99999999999999999999");
    for (const std::string_view text : {"", "-", "1__0", "_1", "1_", "1e2", "1.0", "0x1", "1 2", "- 1"})
        CHECK_FALSE(to_int(text));
}

TEST_CASE("texts become integers as int(Decimal()) has it", "[python]") {
    CHECK(decimal_to_int("1e2")->text == "100");
    CHECK(decimal_to_int("3.0")->text == "3");
    CHECK(decimal_to_int("-1.50e1")->text == "-15");
    CHECK(decimal_to_int("0e999999999")->text == "0");
    CHECK(decimal_to_int("1__0_")->text == "10");
    CHECK(decimal_to_int(".5e1")->text == "5");
    CHECK(decimal_to_int(1e22)->text == "10000000000000000000000");
    for (const std::string_view text : {"", ".", "3.5", "1e-1", "nan", "inf", "1e", "1e999999999999", "e1"})
        CHECK_FALSE(decimal_to_int(text));
    CHECK_FALSE(decimal_to_int(0.5));
    CHECK_FALSE(decimal_to_int(std::nan("")));
}

TEST_CASE("texts become floats as float() has it", "[python]") {
    CHECK(*to_float(" 1.5 ") == 1.5);
    CHECK(*to_float("1_0.5") == 10.5);
    CHECK(*to_float("5.") == 5.0);
    CHECK_FALSE(to_float("--5"));
    CHECK_FALSE(to_float("+-5"));
    CHECK(std::isinf(*to_float("-Infinity")));
    CHECK(std::isnan(*to_float("+nan")));
    for (const std::string_view text : {"", "0x10", "1__0", "infinit", ".", "1e", "1,5"})
        CHECK_FALSE(to_float(text));
}

TEST_CASE("numbers and flags are equal by their value", "[python]") {
    CHECK(equal(1, true));
    CHECK(equal(1.0, 1));
    CHECK(equal(false, 0.0));
    CHECK_FALSE(equal("1", 1));
    CHECK_FALSE(equal(std::nan(""), std::nan("")));
    CHECK(equal(List{1, Dict{{"a", true}}}, List{true, Dict{{"a", 1.0}}}));
}

TEST_CASE("literals are read without being run", "[python]") {
    const auto read = [](std::string_view text) {
        const auto value = literal_eval(text);
        return value ? to_json(*value) : "refused";
    };
    CHECK(read("{'a': [1, (2, 3)], 'b': {'c': None}}") == R"({"a": [1, [2, 3]], "b": {"c": null}})");
    CHECK(read("{'a' 'b': r'\\n', \"c\": '\\x41\\u00e9\\n'}") == R"({"ab": "\\n", "c": "A\u00e9\n"})");
    CHECK(read("{1: 2, None: 3, 1.5: 5}") == R"({"1": 2, "null": 3, "1.5": 5})");
    CHECK(read("{'a': 0x1f, 'b': -1.5e3, 'c': 1_000}") == R"({"a": 31, "b": -1500.0, "c": 1000})");
    CHECK(read("{'a': '''x\ny'''}") == R"({"a": "x\ny"})");
    for (const std::string_view text :
         {"{'a': os.system('x')}", "{'a': x}", "{,}", "{'a' 1}", "{'a': 01}", "{[1]: 2}", "{rr'a': 1}",
          "{'a': rrrr", "{ur'a': 1}", "{'a': 'x}", "", "{'a': 1"})
        CHECK(read(text) == "refused");
    CHECK_FALSE(literal_eval(std::string(100'000, '[')));
}

TEST_CASE("paths are expanded", "[python]") {
    ::setenv("HOME", "/srv/me/", 1);
    ::setenv("LAGO_TEST", "v$HOME", 1);
    CHECK(expand_user("~") == "/srv/me");
    CHECK(expand_user("~/x") == "/srv/me/x");
    CHECK(expand_user("~root/x") == std::string(::getpwuid(0)->pw_dir) + "/x");
    CHECK(expand_user("~no such user/x") == "~no such user/x");
    CHECK(expand_user("a/~") == "a/~");
    CHECK(expand_vars("$LAGO_TEST/${LAGO_TEST}/$NOT_SET_AT_ALL/${}/$") ==
          "v$HOME/v$HOME/$NOT_SET_AT_ALL/${}/$");
    CHECK(expand_vars("${LAGO_TEST") == "${LAGO_TEST");
}

}  // namespace lago::ansible::python
