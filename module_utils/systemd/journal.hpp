// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/deadline.hpp"

namespace lago::systemd {

/// The unit's last `count` lines in the journal, the oldest first: its own and systemd's about it; of those
/// since `since` where that is given. Empty where there are none or they cannot be read: they only help to
/// understand something else. They may hold secrets.
std::vector<std::string> last_lines(const std::string& unit, int count,
                                    std::optional<std::chrono::system_clock::time_point> since,
                                    Deadline deadline);

}  // namespace lago::systemd
