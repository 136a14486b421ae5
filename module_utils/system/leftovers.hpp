// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "system/path.hpp"

/// Temporary files: what they are called, and what becomes of those whose run was killed.
namespace lago::system::leftovers {

/// How the name of each of our temporary files begins.
inline constexpr std::string_view prefix = ".lago_tmp_";

/// Removes the temporary files in a folder that no running process holds (each is locked by its maker). What
/// cannot be removed stays: it is not this run's business to fail for it.
void remove(const Path& folder);

}  // namespace lago::system::leftovers
