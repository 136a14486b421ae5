// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.hpp"
#include "systemd/error.hpp"

namespace lago::systemd {

enum class Verb { start, stop, restart, enable, disable, reset_failed, daemon_reload };
std::string_view word(Verb verb);

/// Asks systemd for it, and waits until the job is done or the deadline passes (the job then goes on). Units
/// are named as is_unit_name() says; daemon_reload takes none.
std::expected<void, Error> control(Verb verb, const std::vector<std::string>& units, Deadline deadline);

}  // namespace lago::systemd
