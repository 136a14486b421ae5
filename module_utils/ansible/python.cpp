// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/python.hpp"

#include <algorithm>
#include <functional>

#include "ansible/python_internals.hpp"
#include "ansible/utf8.hpp"

namespace lago::ansible::python {

namespace {

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

std::string join(const std::vector<std::string>& texts, std::string_view separator) {
    std::string out;
    for (const std::string& text : texts) {
        if (&text != &texts.front()) out += separator;
        out += text;
    }
    return out;
}

}  // namespace lago::ansible::python
