// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago/secrets.hpp"

#include <algorithm>

namespace lago::facts {

std::optional<std::string> other_name(std::string_view variable) {
    constexpr std::string_view prefix = "LAGO_";
    const bool prefixed = variable.starts_with(prefix);
    const std::string_view bare = prefixed ? variable.substr(prefix.size()) : variable;
    if (std::ranges::find(encryption_secrets, bare) == encryption_secrets.end()) return std::nullopt;
    return (prefixed ? std::string() : std::string(prefix)) + std::string(bare);
}

}  // namespace lago::facts
