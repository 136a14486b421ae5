// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace lago::facts {

/// What stored keys of payment providers and integrations are encrypted with: with another value they are
/// lost. Without their prefix, as all releases know them.
inline constexpr std::array<std::string_view, 3> encryption_secrets{
    "ENCRYPTION_PRIMARY_KEY", "ENCRYPTION_DETERMINISTIC_KEY", "ENCRYPTION_KEY_DERIVATION_SALT"};

/// The other name under which Lago reads an encryption secret: with `LAGO_` before it (1.12.1 and later) for
/// one without, and the reverse. Nothing for any other name.
std::optional<std::string> other_name(std::string_view variable);

}  // namespace lago::facts
