// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "system/path.hpp"

/// SELinux through its extended attribute and the command matchpathcon: libselinux is not linked.
namespace lago::system::selinux {

/// The extended attribute that holds a file's context.
inline constexpr const char* attribute = "security.selinux";

/// True where the running kernel enforces or logs by SELinux.
bool enabled();
/// "user:role:type[:level]" of a file, empty where there is none or SELinux is off.
std::string context_of(const Path& path, bool follow);
/// What the policy says a new file at `path` should have; nothing where that cannot be known.
std::optional<std::string> default_context(const Path& path);

}  // namespace lago::system::selinux
