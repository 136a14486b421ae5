// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.hpp"

/// What AnsibleModule leaves to Python itself: how values look as text, and how texts become numbers.
namespace lago::ansible::python {

/// type(value).__name__: "str", "NoneType", "dict"…
std::string_view type_name(const Value& value);
/// str(type(value)): "<class 'str'>"
std::string class_name(const Value& value);

std::string str(const Value& value);
std::string repr(const Value& value);
/// The inside of repr(text), with or without a backslash before an apostrophe.
std::string escaped(std::string_view text, bool apostrophe);
/// repr() of a float: shortest digits that read back the same, "1e+16", "nan", "-inf".
std::string float_repr(double number);

/// bool(value): false for None, zero and what is empty.
bool truth(const Value& value);
/// a == b: numbers of all kinds and booleans are equal by their value.
bool equal(const Value& one, const Value& other);
/// item in list
bool contains(const List& list, const Value& item);

/// text.strip(): white space as Unicode knows it.
std::string_view strip(std::string_view text);
/// text.lower(), ASCII letters only.
std::string lower(std::string_view text);
/// True for what re's \s matches in a text, at `at`; `length` is how many bytes it has.
bool is_space(std::string_view text, std::size_t at, std::size_t& length);

/// Decimal digits of any script as ASCII ones.
std::string ascii_digits(std::string_view text);
/// int(text): signs, surrounding white space and single underscores between digits.
std::optional<Integer> to_int(std::string_view text);
/// int(decimal.Decimal(text)) where that loses nothing: "1e2" and "3.0" too. Not more than 4300 digits.
std::optional<Integer> decimal_to_int(std::string_view text);
/// The same for a float.
std::optional<Integer> decimal_to_int(double number);
/// float(text): "inf" and "nan" too, no hexadecimal form.
std::optional<double> to_float(std::string_view text);
/// float(integer); infinite where Python raises OverflowError.
double to_float(const Integer& integer);
/// An integer from a whole floating point number.
Integer whole(double number);

/// ast.literal_eval: strings, numbers, True, False, None, lists, tuples, sets (as lists) and dictionaries
/// (keys as JSON would write them). Nothing where the text is not a literal.
std::optional<Value> literal_eval(std::string_view text);

/// os.path.expanduser and os.path.expandvars.
std::string expand_user(const std::string& path);
std::string expand_vars(const std::string& path);

/// sep.join(texts)
std::string join(const std::vector<std::string>& texts, std::string_view separator);

}  // namespace lago::ansible::python
