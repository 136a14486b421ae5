// SPDX-License-Identifier: GPL-3.0-or-later
// Texts as numbers: int(), float() and Decimal().
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "ansible/python.hpp"
#include "ansible/python_internals.hpp"
#include "ansible/utf8.hpp"

namespace lago::ansible::python {

namespace {

constexpr std::size_t most_digits = 4300;  // sys.int_info.default_max_str_digits

// The zeros of Unicode's decimal digits (category Nd), each followed by its one to nine.
constexpr std::array<char32_t, 62> zeros = {
    0x660,   0x6f0,   0x7c0,   0x966,   0x9e6,   0xa66,   0xae6,   0xb66,   0xbe6,   0xc66,   0xce6,
    0xd66,   0xde6,   0xe50,   0xed0,   0xf20,   0x1040,  0x1090,  0x17e0,  0x1810,  0x1946,  0x19d0,
    0x1a80,  0x1a90,  0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,  0xa8d0,  0xa900,  0xa9d0,  0xa9f0,
    0xaa50,  0xabf0,  0xff10,  0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450,
    0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0,
    0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140};

bool take_sign(std::string_view& text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    return negative;
}

// Removes underscores where Python allows them, between two digits; nothing where one stands elsewhere.
std::optional<std::string> without_underscores(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '_')
            out += text[at];
        else if (at == 0 || at + 1 == text.size() || !is_digit(text[at - 1]) || !is_digit(text[at + 1]))
            return {};
    }
    return out;
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_digit);
}

// A decimal number in its parts: digits · 10^exponent.
struct Decimal {
    bool negative = false;
    std::string digits;
    long long exponent = 0;
};

std::optional<long long> exponent_of(std::string_view text) {
    const bool negative = take_sign(text);
    if (!all_digits(text)) return {};
    text.remove_prefix(std::min(text.find_first_not_of('0'), text.size() - 1));
    if (text.size() > 9) return negative ? -1'000'000'000LL : 1'000'000'000LL;
    long long number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return negative ? -number : number;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
    Decimal made;
    made.negative = take_sign(text);
    const std::size_t mark = text.find_first_of("eE");
    if (mark != text.npos) {
        const auto exponent = exponent_of(text.substr(mark + 1));
        if (!exponent) return {};
        made.exponent = *exponent;
        text = text.substr(0, mark);
    }
    const std::size_t point = text.find('.');
    std::string digits(text.substr(0, point));
    if (point != text.npos) {
        const std::string_view fraction = text.substr(point + 1);
        digits += fraction;
        made.exponent -= static_cast<long long>(fraction.size());
    }
    if (!all_digits(digits)) return {};
    made.digits = std::move(digits);
    return made;
}

std::optional<Integer> whole_of(Decimal number) {
    if (number.digits.find_first_not_of('0') == std::string::npos) return Integer{"0", 0};
    while (number.exponent < 0) {
        if (number.digits.empty() || number.digits.back() != '0') return {};
        number.digits.pop_back();
        ++number.exponent;
    }
    if (static_cast<std::size_t>(number.exponent) + number.digits.size() > most_digits) return {};
    number.digits.append(static_cast<std::size_t>(number.exponent), '0');
    return integer_of(std::move(number.digits), number.negative);
}

// What int() and float() leave out around a number: white space, less the four separators below 0x20.
std::string_view strip_number(std::string_view text) {
    const auto separator = [](char letter) { return letter >= '\x1c' && letter <= '\x1f'; };
    std::string_view bare = strip(text);
    const std::size_t start = static_cast<std::size_t>(bare.data() - text.data());
    const std::size_t end = start + bare.size();
    const std::string_view before = text.substr(0, start), after = text.substr(end);
    return std::ranges::any_of(before, separator) || std::ranges::any_of(after, separator) ? text : bare;
}

}  // namespace

Integer integer_of(std::string digits, bool negative) {
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    if (negative && digits != "0") digits.insert(0, 1, '-');
    Integer made{digits, std::nullopt};
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc() && end == digits.data() + digits.size()) made.value = number;
    return made;
}

std::string ascii_digits(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const utf8::Point point = utf8::decode(text, at);
        const auto after = std::ranges::upper_bound(zeros, point.code);
        const char32_t zero = after == zeros.begin() ? 0 : *(after - 1);
        if (zero != 0 && point.code < zero + 10)
            out += static_cast<char>('0' + (point.code - zero));
        else
            out.append(text.substr(at, point.length));
        at += point.length;
    }
    return out;
}

std::optional<Integer> to_int(std::string_view given) {
    const std::string plain = ascii_digits(strip_number(given));
    std::string_view text = plain;
    const bool negative = take_sign(text);
    auto digits = without_underscores(text);
    if (!digits || !all_digits(*digits) || digits->size() > most_digits) return {};
    return integer_of(std::move(*digits), negative);
}

std::optional<Integer> decimal_to_int(std::string_view text) {
    std::string plain = ascii_digits(strip(text));
    std::erase(plain, '_');
    auto number = parse_decimal(plain);
    return number ? whole_of(std::move(*number)) : std::nullopt;
}

std::optional<Integer> decimal_to_int(double number) {
    if (!std::isfinite(number) || std::trunc(number) != number) return {};
    return whole(number);
}

Integer whole(double number) {
    std::array<char, 400> digits{};
    const int length = std::snprintf(digits.data(), digits.size(), "%.0f", std::fabs(number));
    return integer_of(std::string(digits.data(), static_cast<std::size_t>(length)), number < 0);
}

std::optional<double> to_float(std::string_view text) {
    const auto plain = without_underscores(ascii_digits(strip_number(text)));
    if (!plain || plain->empty()) return {};
    std::string_view rest = *plain;
    const bool negative = take_sign(rest);
    const std::string word = lower(rest);
    const double sign = negative ? -1.0 : 1.0;
    if (word == "inf" || word == "infinity") return sign * std::numeric_limits<double>::infinity();
    if (word == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (rest.starts_with('-') || rest.starts_with('+') || !parse_decimal(rest)) return {};
    return sign * std::strtod(std::string(rest).c_str(), nullptr);
}

double to_float(const Integer& integer) {
    return integer.value ? static_cast<double>(*integer.value) : std::strtod(integer.text.c_str(), nullptr);
}

}  // namespace lago::ansible::python
