// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/coerce.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "ansible/json.hpp"
#include "ansible/python.hpp"

namespace lago::ansible {

namespace {

using Coerced = std::expected<Value, std::string>;
using python::class_name;

std::unexpected<std::string> refused(std::string why) {
    return std::unexpected(std::move(why));
}

std::unexpected<std::string> cannot(const Value& value, std::string_view become) {
    return refused(class_name(value) + " cannot be converted to " + std::string(become));
}

Coerced to_text(const Value& value, const Dialect& dialect) {
    if (!value.is_null()) return python::str(value);
    if (dialect.null_is_empty_text) return "";
    return refused("'None' is not a string and conversion is not allowed");
}

Coerced to_list(const Value& value, const Dialect&) {
    if (value.as_list() != nullptr) return value;
    if (value.is_null() || value.as_dict() != nullptr) return cannot(value, "a list");
    List list;
    if (const std::string* text = value.as_string()) {
        std::size_t start = 0;
        for (std::size_t comma = text->find(','); comma != text->npos; comma = text->find(',', start)) {
            list.emplace_back(text->substr(start, comma - start));
            start = comma + 1;
        }
        list.emplace_back(text->substr(start));
    } else {
        list.emplace_back(python::str(value));
    }
    return list;
}

bool is_word(char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return std::isalnum(byte) != 0 || letter == '_' || byte >= 0x80;
}

// Python's \w\.\w+\(: something that looks like a method call.
bool looks_like_call(std::string_view text) {
    for (std::size_t dot = text.find('.'); dot != text.npos; dot = text.find('.', dot + 1)) {
        if (dot == 0 || !is_word(text[dot - 1])) continue;
        std::size_t end = dot + 1;
        while (end < text.size() && is_word(text[end])) ++end;
        if (end > dot + 1 && end < text.size() && text[end] == '(') return true;
    }
    return false;
}

bool looks_like_import(std::string_view text) {
    constexpr std::string_view word = "import ";
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1))
        if (at + word.size() < text.size() && is_word(text[at + word.size()])) return true;
    return false;
}

Coerced literal_dict(const std::string& text, const Dialect& dialect) {
    if (auto json = parse_json(text)) return std::move(*json);
    if (!dialect.strict_dict_text && (looks_like_call(text) || looks_like_import(text))) return text;
    auto literal = python::literal_eval(text);
    if (literal && (!dialect.strict_dict_text || literal->as_dict() != nullptr)) return std::move(*literal);
    return refused("unable to evaluate string as dictionary");
}

// "a=1, b='x y'" in its pieces: commas and blanks part them, quotes and backslashes protect.
std::vector<std::string> pieces_of(std::string_view text) {
    std::vector<std::string> pieces;
    std::string piece;
    char quote = 0;
    bool escaped = false;
    const auto end_piece = [&] {
        if (!piece.empty()) pieces.push_back(std::move(piece));
        piece.clear();
    };
    for (const char letter : python::strip(text)) {
        if (escaped) {
            piece += letter;
            escaped = false;
        } else if (letter == '\\')
            escaped = true;
        else if (quote == 0 && (letter == '\'' || letter == '"'))
            quote = letter;
        else if (quote != 0 && letter == quote)
            quote = 0;
        else if (quote == 0 && (letter == ',' || letter == ' '))
            end_piece();
        else
            piece += letter;
    }
    end_piece();
    return pieces;
}

Coerced pairs_dict(const std::string& text, const Dialect& dialect) {
    Dict dict;
    const std::vector<std::string> pieces = pieces_of(text);
    for (std::size_t index = 0; index < pieces.size(); ++index) {
        const std::size_t equals = pieces[index].find('=');
        if (equals != std::string::npos) {
            dict.set(pieces[index].substr(0, equals), pieces[index].substr(equals + 1));
            continue;
        }
        if (dialect.strict_dict_text)
            return refused("unable to evaluate string in the \"key=value\" format as dictionary");
        return refused("dictionary update sequence element #" + std::to_string(index) +
                       " has length 1; 2 is required");
    }
    return dict;
}

Coerced to_dict(const Value& value, const Dialect& dialect) {
    if (value.as_dict() != nullptr) return value;
    if (const std::string* text = value.as_string()) return dict_from_text(*text, dialect);
    return cannot(value, "a dict");
}

Coerced bool_value(const Value& value, const Dialect& dialect) {
    if (value.is_null() || value.as_list() != nullptr || value.as_dict() != nullptr)
        return cannot(value, "a bool");
    auto flag = to_bool(value, dialect);
    if (!flag) return refused(flag.error());
    return *flag;
}

// decimal.Decimal() takes [sign, [digits], exponent] as well.
std::optional<Integer> integer_from_parts(const List& parts) {
    const List* digits = parts.size() == 3 ? parts[1].as_list() : nullptr;
    const auto number = [](const Value& value) -> std::string {
        if (const bool* flag = value.as_bool()) return *flag ? "1" : "0";
        return value.as_integer() == nullptr ? "" : value.as_integer()->text;
    };
    if (digits == nullptr) return {};
    const std::string sign = number(parts[0]), exponent = number(parts[2]);
    if ((sign != "0" && sign != "1") || exponent.empty()) return {};
    std::string text = (sign == "1" ? "-0" : "0");
    for (const Value& digit : *digits) {
        const std::string one = number(digit);
        if (one.size() != 1) return {};
        text += one;
    }
    return python::decimal_to_int(text + "e" + exponent);
}

Coerced to_integer(const Value& value, const Dialect& dialect) {
    if (value.as_integer() != nullptr || value.as_bool() != nullptr) return value;
    std::optional<Integer> made;
    if (const std::string* text = value.as_string())
        made = dialect.int_through_decimal ? python::decimal_to_int(*text) : python::to_int(*text);
    else if (const double* real = value.as_real(); real != nullptr && dialect.int_through_decimal)
        made = python::decimal_to_int(*real);
    else if (const List* parts = value.as_list(); parts != nullptr && dialect.int_through_decimal)
        made = integer_from_parts(*parts);
    if (made) return *made;
    if (dialect.int_through_decimal)
        return refused("\"" + python::repr(value) + "\" cannot be converted to an int");
    return cannot(value, "an int");
}

Coerced to_real(const Value& value, const Dialect&) {
    if (value.as_real() != nullptr) return value;
    if (const bool* flag = value.as_bool()) return *flag ? 1.0 : 0.0;
    if (const Integer* integer = value.as_integer()) {
        const double number = python::to_float(*integer);
        if (std::isfinite(number)) return number;
    }
    if (const std::string* text = value.as_string())
        if (const auto number = python::to_float(*text)) return *number;
    return cannot(value, "a float");
}

Coerced to_path(const Value& value, const Dialect& dialect) {
    auto text = to_text(value, dialect);
    if (!text) return text;
    return python::expand_user(python::expand_vars(*text->as_string()));
}

struct Unit {
    char letter;
    int power;
    std::string_view bytes, bits;
};

constexpr std::array<Unit, 9> units = {{
    {'Y', 80, "yottabyte", "yottabit"},
    {'Z', 70, "zetabyte", "zetabit"},  // ansible-core spells it so, and accepts no other
    {'E', 60, "exabyte", "exabit"},
    {'P', 50, "petabyte", "petabit"},
    {'T', 40, "terabyte", "terabit"},
    {'G', 30, "gigabyte", "gigabit"},
    {'M', 20, "megabyte", "megabit"},
    {'K', 10, "kilobyte", "kilobit"},
    {'B', 0, "byte", "bit"},
}};

bool unit_fits(const Unit& unit, std::string_view text, bool bits, const Dialect& dialect) {
    const std::string low = python::lower(text);
    const char mark = bits ? 'b' : 'B';
    if (!dialect.strict_units) return low.find(bits ? "bit" : "byte") != low.npos || text[1] == mark;
    if (low == (bits ? unit.bits : unit.bytes)) return true;
    return unit.letter == 'B' ? text == std::string(1, mark) : text == std::string{unit.letter, mark};
}

struct Amount {
    std::string_view number, unit;
};

// The texts that human_to_bytes' regular expression matches: lax ones need only begin well.
std::optional<Amount> amount_of(std::string_view text, bool strict) {
    const auto skip = [&](std::size_t at) {
        std::size_t length = 0;
        while (at < text.size() && python::is_space(text, at, length)) at += length;
        return at;
    };
    const auto digits = [&](std::size_t at) {
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
        return at;
    };
    const std::size_t start = strict ? 0 : skip(0);
    std::size_t end = digits(start);
    if (end < text.size() && text[end] == '.') end = digits(end + 1);
    const std::string_view number = text.substr(start, end - start);
    const std::size_t unit = skip(end);
    std::size_t last = unit;
    while (last < text.size() && std::isalpha(static_cast<unsigned char>(text[last])) != 0) ++last;
    if (number.empty() || number == "." || (strict && (number.ends_with('.') || skip(last) != text.size())))
        return {};
    return Amount{number, text.substr(unit, last - unit)};
}

// human_to_bytes()
std::optional<Integer> amount(const Value& value, bool bits, const Dialect& dialect) {
    const std::string text =
        dialect.strict_units ? python::str(value) : python::ascii_digits(python::str(value));
    const auto parts = amount_of(text, dialect.strict_units);
    if (!parts) return {};
    const auto number = python::to_float(parts->number);
    if (!number) return {};
    double factor = 1;
    if (!parts->unit.empty()) {
        const Unit* unit = nullptr;
        for (const Unit& one : units)
            if (one.letter == std::toupper(static_cast<unsigned char>(parts->unit.front()))) unit = &one;
        if (unit == nullptr || (parts->unit.size() > 1 && !unit_fits(*unit, parts->unit, bits, dialect)))
            return {};
        factor = std::ldexp(1.0, unit->power);
    }
    const double whole = std::nearbyint(*number * factor);
    return std::isfinite(whole) ? std::optional(python::whole(whole)) : std::nullopt;
}

Coerced to_bytes(const Value& value, const Dialect& dialect) {
    if (auto made = amount(value, false, dialect)) return *made;
    return cannot(value, "a Byte value");
}

Coerced to_bits(const Value& value, const Dialect& dialect) {
    if (auto made = amount(value, true, dialect)) return *made;
    return cannot(value, "a Bit value");
}

Coerced to_jsonarg(const Value& value, const Dialect&) {
    if (const std::string* text = value.as_string()) return std::string(python::strip(*text));
    if (value.as_list() != nullptr || value.as_dict() != nullptr) return to_json(value);
    return cannot(value, "a json string");
}

Coerced raw(const Value& value, const Dialect&) {
    return value;
}

struct Checker {
    std::string_view type;
    Coerced (*check)(const Value&, const Dialect&);
};

constexpr std::array<Checker, 12> checkers = {{
    {"str", to_text},
    {"list", to_list},
    {"dict", to_dict},
    {"bool", bool_value},
    {"int", to_integer},
    {"float", to_real},
    {"path", to_path},
    {"raw", raw},
    {"jsonarg", to_jsonarg},
    {"json", to_jsonarg},
    {"bytes", to_bytes},
    {"bits", to_bits},
}};

}  // namespace

std::expected<Value, std::string> coerce(const Value& value, const std::optional<std::string>& type,
                                         const Dialect& dialect) {
    const std::string_view wanted = type ? std::string_view(*type) : "str";
    for (const Checker& checker : checkers)
        if (checker.type == wanted) return checker.check(value, dialect);
    return refused("'NoneType' object is not callable");
}

std::expected<bool, std::string> to_bool(const Value& value, const Dialect& dialect) {
    constexpr std::array<std::string_view, 6> yes = {"y", "yes", "on", "1", "true", "t"};
    constexpr std::array<std::string_view, 6> no = {"n", "no", "off", "0", "false", "f"};
    if (const bool* flag = value.as_bool()) return *flag;
    if (python::equal(value, 1)) return true;
    if (python::equal(value, 0)) return false;
    if (const std::string* text = value.as_string()) {
        const std::string low = python::lower(*text);
        const std::string_view word = python::strip(low);
        if (std::ranges::find(yes, word) != yes.end()) return true;
        if (std::ranges::find(no, word) != no.end()) return false;
    }
    const bool container = value.as_list() != nullptr || value.as_dict() != nullptr;
    if (container && !dialect.one_space_in_bool_text)
        return refused("unhashable type: '" + std::string(python::type_name(value)) + "'");
    return refused(
        "The value '" + python::str(value) + "' is not a valid boolean." +
        (dialect.one_space_in_bool_text ? " " : "  ") +
        "Valid booleans include: 0, 1, '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', "
        "'yes'");
}

std::expected<Value, std::string> dict_from_text(const std::string& text, const Dialect& dialect) {
    if (text.starts_with('{')) return literal_dict(text, dialect);
    if (text.find('=') != text.npos) return pairs_dict(text, dialect);
    return refused("dictionary requested, could not parse JSON or key=value");
}

}  // namespace lago::ansible
