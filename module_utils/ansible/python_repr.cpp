// SPDX-License-Identifier: GPL-3.0-or-later
// Values as text: repr() and str().
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "ansible/python.hpp"
#include "ansible/utf8.hpp"

namespace lago::ansible::python {

namespace {

struct Range {
    char32_t first, last;
};

// str.isprintable() is false for these (besides unassigned code points): separators, control, format, private
// use.
constexpr std::array<Range, 28> unprintable = {{
    {0x0, 0x1f},        {0x7f, 0xa0},       {0xad, 0xad},        {0x600, 0x605},     {0x61c, 0x61c},
    {0x6dd, 0x6dd},     {0x70f, 0x70f},     {0x890, 0x891},      {0x8e2, 0x8e2},     {0x1680, 0x1680},
    {0x180e, 0x180e},   {0x2000, 0x200f},   {0x2028, 0x202f},    {0x205f, 0x206f},   {0x3000, 0x3000},
    {0xd800, 0xf8ff},   {0xfeff, 0xfeff},   {0xfff0, 0xfffb},    {0xfffe, 0xffff},   {0x110bd, 0x110bd},
    {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3},  {0x1d173, 0x1d17a}, {0x1fffe, 0x1ffff},
    {0x2fffe, 0x2ffff}, {0x3fffe, 0xe00ff}, {0xe01f0, 0x10ffff},
}};

bool is_printable(char32_t point) {
    return std::ranges::none_of(
        unprintable, [&](const Range& range) { return point >= range.first && point <= range.last; });
}

std::string hexadecimal(char32_t point, int digits) {
    std::array<char, 12> text{};
    static_cast<void>(std::snprintf(text.data(), text.size(), "%0*x", digits, static_cast<unsigned>(point)));
    return text.data();
}

std::string escaped_code(char32_t point) {
    if (point < 0x100) return "\\x" + hexadecimal(point, 2);
    if (point < 0x10000) return "\\u" + hexadecimal(point, 4);
    return "\\U" + hexadecimal(point, 8);
}

std::string escape_within(std::string_view text, char quote) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const utf8::Point point = utf8::decode(text, at);
        if (point.code == U'\\' ||
            (quote != 0 && point.code < 0x80 && static_cast<char>(point.code) == quote)) {
            out += '\\';
            out += static_cast<char>(point.code);
        } else if (point.code == U'\n')
            out += "\\n";
        else if (point.code == U'\r')
            out += "\\r";
        else if (point.code == U'\t')
            out += "\\t";
        else if (is_printable(point.code))
            out.append(text.substr(at, point.length));
        else
            out += escaped_code(point.code);
        at += point.length;
    }
    return out;
}

std::string string_repr(std::string_view text) {
    const bool doubled = text.find('\'') != text.npos && text.find('"') == text.npos;
    const char quote = doubled ? '"' : '\'';
    return quote + escape_within(text, quote) + quote;
}

std::string list_repr(const List& list) {
    std::string out = "[";
    for (const Value& item : list) {
        if (out.size() > 1) out += ", ";
        out += repr(item);
    }
    return out + "]";
}

std::string dict_repr(const Dict& dict) {
    std::string out = "{";
    for (const auto& [key, item] : dict.items()) {
        if (out.size() > 1) out += ", ";
        out += string_repr(key) + ": " + repr(item);
    }
    return out + "}";
}

/// A number as its digits, the first of them before the point, and a power of ten.
struct Scientific {
    std::string digits;
    int exponent = 0;
};

Scientific scientific(double number, int digits) {
    std::array<char, 40> text{};
    static_cast<void>(std::snprintf(text.data(), text.size(), "%.*e", digits - 1, number));
    Scientific made;
    const char* at = text.data();
    for (; *at != 'e'; ++at)
        if (*at != '.') made.digits += *at;  // the C library's point: no other locale is ever set
    made.exponent = static_cast<int>(std::strtol(at + 1, nullptr, 10));
    return made;
}

double value_of(const Scientific& number) {
    return std::strtod(
        (number.digits + "e" + std::to_string(number.exponent - static_cast<int>(number.digits.size()) + 1))
            .c_str(),
        nullptr);
}

void add_one(Scientific& number) {
    std::size_t at = number.digits.size();
    while (at > 0 && number.digits[at - 1] == '9') number.digits[--at] = '0';
    if (at > 0) {
        ++number.digits[at - 1];
        return;
    }
    number.digits = "1" + number.digits.substr(1);
    ++number.exponent;
}

/// The fewest digits that read back the same. std::to_chars() does it as well, by tables of a hundred
/// kilobytes.
Scientific shortest(double number) {
    constexpr int enough = 17;
    for (int digits = 1; digits < enough; ++digits) {
        Scientific made = scientific(number, digits);
        if (std::equal_to<>()(value_of(made), number)) return made;
        // Above a power of two numbers lie twice as far apart as below it: the nearest text may be too far
        // below, and the next one near enough.
        add_one(made);
        if (std::equal_to<>()(value_of(made), number)) return made;
    }
    return scientific(number, enough);
}

}  // namespace

std::string escaped(std::string_view text, bool apostrophe) {
    return escape_within(text, apostrophe ? '\'' : '\0');
}

std::string float_repr(double number) {
    if (std::isnan(number)) return "nan";
    if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
    const auto [digits, exponent] = shortest(std::fabs(number));
    const std::string sign = std::signbit(number) ? "-" : "";
    if (exponent < -4 || exponent >= 16) {
        const std::string fraction = digits.size() > 1 ? "." + digits.substr(1) : "";
        const std::string size = std::to_string(std::abs(exponent));
        return sign + digits.front() + fraction + (exponent < 0 ? "e-" : "e+") +
               (size.size() < 2 ? "0" : "") + size;
    }
    if (exponent < 0) return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    const auto whole_digits = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() <= whole_digits)
        return sign + digits + std::string(whole_digits - digits.size(), '0') + ".0";
    return sign + digits.substr(0, whole_digits) + "." + digits.substr(whole_digits);
}

std::string repr(const Value& value) {
    if (value.is_null()) return "None";
    if (const bool* flag = value.as_bool()) return *flag ? "True" : "False";
    if (const Integer* integer = value.as_integer()) return integer->text;
    if (const double* real = value.as_real()) return float_repr(*real);
    if (const std::string* text = value.as_string()) return string_repr(*text);
    if (const List* list = value.as_list()) return list_repr(*list);
    return dict_repr(*value.as_dict());
}

std::string str(const Value& value) {
    const std::string* text = value.as_string();
    return text != nullptr ? *text : repr(value);
}

}  // namespace lago::ansible::python
