// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "core/value.hpp"
#include "docker/reach_error.hpp"

namespace lago::docker {

/// One level of the Engine's answer; nullptr where it is not there.
const Value* inside(const Value& value, std::string_view key);
/// Two levels.
const Value* inside(const Value& value, std::string_view outer, std::string_view key);
/// The text under `key`, or an empty one.
std::string text_in(const Value& value, std::string_view key);

/// The items of a dictionary that are texts; none where there is no dictionary.
std::map<std::string, std::string> texts_by_name(const Value* value);

/// The Engine's words in an error that has a status.
std::string own_words(const ReachError& error);

/// What came is JSON, or is not even that, but no answer of the Engine.
std::unexpected<ReachError> garbage(const std::string& why);

}  // namespace lago::docker
