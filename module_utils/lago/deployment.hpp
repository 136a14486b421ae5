// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

/// What a deployment of Lago leaves on a host, for the modules that read one another's traces.
namespace lago::facts {

/// The label of a container with the hash of the configuration files that it was started with.
inline constexpr std::string_view config_label = "mash.lago.config";

}  // namespace lago::facts
