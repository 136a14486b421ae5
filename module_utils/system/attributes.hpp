// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "system/file.hpp"

namespace lago::system {

/// The inode flags of a file in lsattr's letters ("ei"), in lsattr's order; empty where the file system has
/// none.
std::expected<std::string, SystemError> read_inode_flags(const Path& path);

/// What chattr(1) would make of `flags` with "+a", "-i", "=e" or "e" (the same as "=e"). EINVAL for a letter
/// that chattr does not set. Flags that the kernel alone sets (e, E, I, N, h, V) are left as they are.
std::expected<std::string, SystemError> changed_inode_flags(std::string_view flags, std::string_view change);

/// Sets them, by the FS_IOC_SETFLAGS ioctl.
std::expected<void, SystemError> set_inode_flags(const Path& path, std::string_view change);

}  // namespace lago::system
