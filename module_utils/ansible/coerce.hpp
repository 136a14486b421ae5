// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "ansible/dialect.hpp"
#include "core/value.hpp"

namespace lago::ansible {

/// Turns a value into the type that an option wants (AnsibleModule's check_type_*), or says why it cannot.
/// An absent type is str.
std::expected<Value, std::string> coerce(const Value& value, const std::optional<std::string>& type,
                                         const Dialect& dialect);

/// What boolean() makes of a value; the error is its text.
std::expected<bool, std::string> to_bool(const Value& value, const Dialect& dialect);

/// The dictionary that a text stands for: JSON, a Python literal, or k=v pairs.
std::expected<Value, std::string> dict_from_text(const std::string& text, const Dialect& dialect);

}  // namespace lago::ansible
