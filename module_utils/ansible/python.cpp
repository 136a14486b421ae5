// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/python.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "ansible/utf8.hpp"

namespace lago::ansible::python {

namespace {

constexpr std::size_t most_digits = 4300;  // sys.int_info.default_max_str_digits

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

char lowered(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

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

// The zeros of Unicode's decimal digits (category Nd), each followed by its one to nine.
constexpr std::array<char32_t, 62> zeros = {
    0x660,   0x6f0,   0x7c0,   0x966,   0x9e6,   0xa66,   0xae6,   0xb66,   0xbe6,   0xc66,   0xce6,
    0xd66,   0xde6,   0xe50,   0xed0,   0xf20,   0x1040,  0x1090,  0x17e0,  0x1810,  0x1946,  0x19d0,
    0x1a80,  0x1a90,  0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,  0xa8d0,  0xa900,  0xa9d0,  0xa9f0,
    0xaa50,  0xabf0,  0xff10,  0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450,
    0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0,
    0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140};

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

std::optional<double> number_of(const Value& value) {
    if (const bool* flag = value.as_bool()) return *flag ? 1.0 : 0.0;
    if (const Integer* integer = value.as_integer()) return to_float(*integer);
    if (const double* real = value.as_real()) return *real;
    return {};
}

bool equal_lists(const List& one, const List& other) {
    return std::ranges::equal(one, other, [](const Value& a, const Value& b) { return equal(a, b); });
}

bool equal_dicts(const Dict& one, const Dict& other) {
    return one.size() == other.size() && std::ranges::all_of(one.items(), [&](const Dict::Item& item) {
               const Value* twin = other.find(item.first);
               return twin != nullptr && equal(item.second, *twin);
           });
}

// Digits without leading zeros, with their sign; "-0" is 0.
Integer integer_of(std::string digits, bool negative) {
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    if (negative && digits != "0") digits.insert(0, 1, '-');
    Integer made{digits, std::nullopt};
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc() && end == digits.data() + digits.size()) made.value = number;
    return made;
}

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

// A Python literal, read recursively.
class Literal {
public:
    explicit Literal(std::string_view text) : text_(text) {}

    std::optional<Value> read() {
        skip();
        std::optional<Value> value = item(0);
        skip();
        if (!value || at_ != text_.size()) return {};
        return value;
    }

private:
    static constexpr int deepest = 90;  // the Python parser's own limit is near

    void skip() {
        while (at_ < text_.size()) {
            const char letter = text_[at_];
            if (letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r' || letter == '\f')
                ++at_;
            else if (letter == '#')
                at_ = std::min(text_.find('\n', at_), text_.size());
            else
                return;
        }
    }
    bool take(char letter) {
        skip();
        if (at_ >= text_.size() || text_[at_] != letter) return false;
        ++at_;
        return true;
    }
    bool take_word(std::string_view word) {
        if (!text_.substr(at_).starts_with(word)) return false;
        const std::size_t end = at_ + word.size();
        if (end < text_.size() &&
            (std::isalnum(static_cast<unsigned char>(text_[end])) != 0 || text_[end] == '_'))
            return false;
        at_ = end;
        return true;
    }

    std::optional<Value> item(int depth) {
        skip();
        if (depth > deepest || at_ >= text_.size()) return {};
        const char letter = text_[at_];
        if (letter == '{') return braces(depth);
        if (letter == '[') return sequence('[', ']', depth);
        if (letter == '(') return sequence('(', ')', depth);
        if (take_word("None")) return Value();
        if (take_word("True")) return Value(true);
        if (take_word("False")) return Value(false);
        if (letter == '-' || letter == '+' || letter == '.' || is_digit(letter)) return number();
        return strings();
    }

    std::optional<Value> sequence(char open, char close, int depth) {
        if (!take(open)) return {};
        List list;
        bool comma = true;
        while (!take(close)) {
            if (!comma) return {};
            std::optional<Value> value = item(depth + 1);
            if (!value) return {};
            list.push_back(std::move(*value));
            comma = take(',');
        }
        if (open == '(' && list.size() == 1 && !comma) return list.front();
        if (open == '(' && list.empty()) return Value(List());
        return Value(std::move(list));
    }

    std::optional<Value> braces(int depth) {
        take('{');
        Dict dict;
        List set, keys;
        bool comma = true;
        while (!take('}')) {
            if (!comma) return {};
            std::optional<Value> key = item(depth + 1);
            if (!key) return {};
            if (take(':')) {
                std::optional<Value> value = item(depth + 1);
                if (!value || key->as_list() != nullptr || key->as_dict() != nullptr) return {};
                const auto same =
                    std::ranges::find_if(keys, [&](const Value& one) { return equal(one, *key); });
                dict.set(key_text(same == keys.end() ? *key : *same), std::move(*value));
                if (same == keys.end()) keys.push_back(std::move(*key));
            } else {
                set.push_back(std::move(*key));
            }
            comma = take(',');
        }
        if (!set.empty()) return dict.empty() ? std::optional<Value>(Value(std::move(set))) : std::nullopt;
        return Value(std::move(dict));
    }

    // As json.dumps writes keys that are no strings.
    static std::string key_text(const Value& key) {
        if (key.is_null()) return "null";
        if (const bool* flag = key.as_bool()) return *flag ? "true" : "false";
        return str(key);
    }

    std::optional<Value> number() {
        bool negative = false;
        while (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) {
            negative = negative != (text_[at_] == '-');
            ++at_;
            skip();
        }
        std::size_t end = at_;
        while (end < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[end])) != 0 ||
                                      text_[end] == '.' || text_[end] == '_' ||
                                      ((text_[end] == '-' || text_[end] == '+') &&
                                       (text_[end - 1] == 'e' || text_[end - 1] == 'E'))))
            ++end;
        const std::string_view token = text_.substr(at_, end - at_);
        at_ = end;
        if (token.empty() || !(is_digit(token.front()) || token.front() == '.')) return {};
        if (auto based = in_base(token)) return Value(negative ? integer_of(based->text, true) : *based);
        if (token.find_first_of(".eE") != token.npos) {
            const auto real = to_float(token);
            if (!real) return {};
            return Value(negative ? -*real : *real);
        }
        if (token.size() > 1 && token.front() == '0' && token.find_first_not_of("0_") != token.npos)
            return {};
        auto integer = to_int(token);
        if (!integer) return {};
        return Value(negative ? integer_of(integer->text, true) : *integer);
    }

    // 0x1f, 0o17, 0b11
    static std::optional<Integer> in_base(std::string_view token) {
        if (token.size() < 3 || token[0] != '0') return {};
        const char mark = lowered(token[1]);
        const int base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
        if (base == 0) return {};
        std::string digits(token.substr(2));
        if (digits.front() == '_') digits.erase(0, 1);
        std::erase(digits, '_');
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
        if (error != std::errc() || end != digits.data() + digits.size()) return {};
        return integer_of(std::to_string(number), false);
    }

    std::optional<Value> strings() {
        std::string joined;
        bool any = false;
        for (;;) {
            skip();
            const std::size_t start = at_;
            std::string prefix;
            while (at_ < text_.size() &&
                   std::string_view("rRuUbB").find(text_[at_]) != std::string_view::npos)
                prefix += lowered(text_[at_++]);
            const bool raw = prefix.find('r') != std::string::npos;
            if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) {
                at_ = start;
                return any ? std::optional<Value>(Value(std::move(joined))) : std::nullopt;
            }
            constexpr std::array<std::string_view, 6> prefixes = {"", "r", "u", "b", "br", "rb"};
            if (std::ranges::find(prefixes, prefix) == prefixes.end() || !one_string(joined, raw)) return {};
            any = true;
        }
    }

    bool one_string(std::string& out, bool raw) {
        const char quote = text_[at_];
        const bool tripled = text_.substr(at_).starts_with(std::string(3, quote));
        const std::string end(tripled ? 3 : 1, quote);
        at_ += end.size();
        while (at_ < text_.size()) {
            if (text_.substr(at_).starts_with(end)) {
                at_ += end.size();
                return true;
            }
            if (text_[at_] == '\n' && !tripled) return false;
            if (text_[at_] != '\\')
                out += text_[at_++];
            else if (raw) {
                if (at_ + 1 >= text_.size()) return false;
                out += text_[at_++];
                out += text_[at_++];
            } else if (!escape(out))
                return false;
        }
        return false;
    }

    bool escape(std::string& out) {
        if (++at_ >= text_.size()) return false;
        const char letter = text_[at_++];
        constexpr std::string_view from = "\\'\"abfnrtv", to = "\\'\"\a\b\f\n\r\t\v";
        if (letter == '\n') return true;
        if (const std::size_t place = from.find(letter); place != from.npos) {
            out += to[place];
            return true;
        }
        if (letter == 'x') return code(out, 2);
        if (letter == 'u') return code(out, 4);
        if (letter == 'U') return code(out, 8);
        if (letter >= '0' && letter <= '7') {
            unsigned value = static_cast<unsigned>(letter - '0');
            for (int more = 0; more < 2 && at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '7';
                 ++more)
                value = value * 8 + static_cast<unsigned>(text_[at_++] - '0');
            utf8::append(out, value);
            return true;
        }
        out += '\\';
        out += letter;
        return true;
    }

    bool code(std::string& out, std::size_t digits) {
        unsigned value = 0;
        if (at_ + digits > text_.size()) return false;
        const char* first = text_.data() + at_;
        const auto [end, error] = std::from_chars(first, first + digits, value, 16);
        if (error != std::errc() || end != first + digits || value > 0x10ffff) return false;
        at_ += digits;
        utf8::append(out, value);
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::string_view type_name(const Value& value) {
    if (value.is_null()) return "NoneType";
    if (value.as_bool() != nullptr) return "bool";
    if (value.as_integer() != nullptr) return "int";
    if (value.as_real() != nullptr) return "float";
    if (value.as_string() != nullptr) return "str";
    return value.as_list() != nullptr ? "list" : "dict";
}

std::string class_name(const Value& value) {
    return "<class '" + std::string(type_name(value)) + "'>";
}

std::string escaped(std::string_view text, bool apostrophe) {
    return escape_within(text, apostrophe ? '\'' : '\0');
}

std::string float_repr(double number) {
    if (std::isnan(number)) return "nan";
    if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
    std::array<char, 40> buffer{};
    const auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::scientific);
    std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    std::string out;
    if (text.starts_with('-')) {
        out = "-";
        text.remove_prefix(1);
    }
    const std::size_t mark = text.find('e');
    const long long exponent = *exponent_of(text.substr(mark + 1));
    std::string digits(text.substr(0, 1));
    if (mark > 2) digits += text.substr(2, mark - 2);
    if (exponent < -4 || exponent >= 16) {
        out += digits.front();
        if (digits.size() > 1) out += "." + digits.substr(1);
        const std::string size = std::to_string(std::abs(exponent));
        return out + (exponent < 0 ? "e-" : "e+") + (size.size() < 2 ? "0" : "") + size;
    }
    if (exponent < 0) return out + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    const auto whole_digits = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() <= whole_digits)
        return out + digits + std::string(whole_digits - digits.size(), '0') + ".0";
    return out + digits.substr(0, whole_digits) + "." + digits.substr(whole_digits);
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

bool truth(const Value& value) {
    if (value.is_null()) return false;
    if (const bool* flag = value.as_bool()) return *flag;
    if (const Integer* integer = value.as_integer()) return integer->text != "0";
    if (const double* real = value.as_real()) return *real != 0.0;
    if (const std::string* text = value.as_string()) return !text->empty();
    if (const List* list = value.as_list()) return !list->empty();
    return !value.as_dict()->empty();
}

bool equal(const Value& one, const Value& other) {
    if (one.as_integer() != nullptr && other.as_integer() != nullptr)
        return *one.as_integer() == *other.as_integer();
    if (const auto number = number_of(one)) {
        const auto twin = number_of(other);
        return twin && std::equal_to<>()(*number, *twin);
    }
    if (one.as_list() != nullptr && other.as_list() != nullptr)
        return equal_lists(*one.as_list(), *other.as_list());
    if (one.as_dict() != nullptr && other.as_dict() != nullptr)
        return equal_dicts(*one.as_dict(), *other.as_dict());
    return one == other;
}

bool contains(const List& list, const Value& item) {
    return std::ranges::any_of(list, [&](const Value& one) { return equal(one, item); });
}

bool is_space(std::string_view text, std::size_t at, std::size_t& length) {
    const utf8::Point point = utf8::decode(text, at);
    length = point.length;
    const char32_t code = point.code;
    return (code >= 0x9 && code <= 0xd) || (code >= 0x1c && code <= 0x20) || code == 0x85 || code == 0xa0 ||
           code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
           code == 0x202f || code == 0x205f || code == 0x3000;
}

std::string_view strip(std::string_view text) {
    std::size_t length = 0;
    while (!text.empty() && is_space(text, 0, length)) text.remove_prefix(length);
    while (!text.empty()) {
        std::size_t last = text.size() - 1;
        while (last > 0 && (static_cast<unsigned char>(text[last]) & 0xc0U) == 0x80U) --last;
        if (!is_space(text, last, length)) break;
        text = text.substr(0, last);
    }
    return text;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), lowered);
    return out;
}

// What int() and float() leave out around a number: white space, less the four separators below 0x20.
static std::string_view strip_number(std::string_view text) {
    const auto separator = [](char letter) { return letter >= '\x1c' && letter <= '\x1f'; };
    std::string_view bare = strip(text);
    const std::size_t start = static_cast<std::size_t>(bare.data() - text.data());
    const std::size_t end = start + bare.size();
    const std::string_view before = text.substr(0, start), after = text.substr(end);
    return std::ranges::any_of(before, separator) || std::ranges::any_of(after, separator) ? text : bare;
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

std::optional<Value> literal_eval(std::string_view text) {
    // ast.literal_eval strips leading blanks and tabs; another line or an indent after that is a syntax
    // error.
    const std::size_t start = text.find_first_not_of(" \t");
    if (start == text.npos || text.find('\0') != text.npos) return {};
    return Literal(text.substr(start)).read();
}

std::string expand_user(const std::string& path) {
    if (!path.starts_with('~')) return path;
    const std::size_t end = std::min(path.find('/', 1), path.size());
    std::string home;
    if (const char* variable = std::getenv("HOME"); end == 1 && variable != nullptr) {
        home = variable;
    } else {
        const struct passwd* entry =
            end == 1 ? getpwuid(getuid()) : getpwnam(path.substr(1, end - 1).c_str());
        if (entry == nullptr) return path;
        home = entry->pw_dir;
    }
    while (home.ends_with('/')) home.pop_back();
    home += path.substr(end);
    return home.empty() ? "/" : home;
}

std::string expand_vars(const std::string& path) {
    std::string out = path;
    for (std::size_t at = out.find('$'); at != std::string::npos; at = out.find('$', at)) {
        const bool braced = out.substr(at + 1, 1) == "{";
        const std::size_t start = at + (braced ? 2 : 1);
        std::size_t end = start;
        if (braced)
            end = out.find('}', start);
        else
            while (end < out.size() &&
                   (std::isalnum(static_cast<unsigned char>(out[end])) != 0 || out[end] == '_'))
                ++end;
        if (end == std::string::npos || (!braced && end == start)) {
            ++at;
            continue;
        }
        const std::string name = out.substr(start, end - start);
        const std::size_t after = braced ? end + 1 : end;
        const char* value = name.empty() ? nullptr : std::getenv(name.c_str());
        if (value == nullptr) {
            at = after;
            continue;
        }
        out.replace(at, after - at, value);
        at += std::string_view(value).size();
    }
    return out;
}

std::string join(const std::vector<std::string>& texts, std::string_view separator) {
    std::string out;
    for (const std::string& text : texts) {
        if (&text != &texts.front()) out += separator;
        out += text;
    }
    return out;
}

}  // namespace lago::ansible::python
