// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace lago::system {

/// The number of a user's name. The C library of the shipped binary reads /etc/passwd only, so for a name
/// that is not there the command `getent` is asked, where it exists (LDAP, SSSD). A decimal number stands for
/// itself.
std::optional<uid_t> find_user(const std::string& name);
/// The same for a group and /etc/group.
std::optional<gid_t> find_group(const std::string& name);
/// The user's name, or nothing where the number has none.
std::optional<std::string> user_name(uid_t uid);
std::optional<std::string> group_name(gid_t gid);

}  // namespace lago::system
