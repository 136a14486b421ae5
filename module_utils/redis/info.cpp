// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/info.hpp"

#include <charconv>

namespace lago::redis {

namespace {

std::string_view next_line(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

long next_number(std::string_view& rest) {
    const std::string_view part = rest.substr(0, rest.find('.'));
    rest.remove_prefix(part.size() == rest.size() ? rest.size() : part.size() + 1);
    long number = 0;
    std::from_chars(part.data(), part.data() + part.size(), number);
    return number;
}

}  // namespace

std::map<std::string, std::string, std::less<>> parse_info(std::string_view text) {
    std::map<std::string, std::string, std::less<>> fields;
    while (!text.empty()) {
        const std::string_view line = next_line(text);
        const std::size_t colon = line.find(':');
        if (line.starts_with('#') || colon == std::string_view::npos || colon == 0) continue;
        fields.emplace(line.substr(0, colon), line.substr(colon + 1));
    }
    return fields;
}

int compare_versions(std::string_view left, std::string_view right) {
    while (!left.empty() || !right.empty()) {
        const long mine = next_number(left);
        const long theirs = next_number(right);
        if (mine != theirs) return mine < theirs ? -1 : 1;
    }
    return 0;
}

}  // namespace lago::redis
