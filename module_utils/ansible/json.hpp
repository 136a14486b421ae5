// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "core/value.hpp"

namespace lago::ansible {

/// Reads JSON as Python's json.loads does: NaN, Infinity and lone surrogates are accepted, integers keep
/// their digits, the last of equal keys wins. The error is a sentence with the place.
std::expected<Value, std::string> parse_json(std::string_view text);

/// Writes JSON as Python's json.dumps does by default: ASCII only, ", " and ": " between items.
/// Bytes that are not UTF-8 become U+FFFD; a lone surrogate is written as its escape.
std::string to_json(const Value& value);

}  // namespace lago::ansible
