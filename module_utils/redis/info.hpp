// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace lago::redis {

/// The fields of an answer to INFO, over all of its sections: "key:value" lines; comments and other lines are
/// left out, the first of equal keys counts.
std::map<std::string, std::string, std::less<>> parse_info(std::string_view text);

/// The numbers of a version compared: negative, 0 or positive as `left` is older than, equal to or newer than
/// `right`. What follows a number is ignored ("7.2.4-rc1"), a missing number is 0.
int compare_versions(std::string_view left, std::string_view right);

}  // namespace lago::redis
