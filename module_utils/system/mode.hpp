// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <expected>
#include <string>
#include <string_view>

namespace lago::system {

/// The process's file mode creation mask.
mode_t current_umask();

enum class ModeError {
    neither,       ///< neither octal nor symbolic
    out_of_range,  ///< more than permission bits
};

/// "0644" or "u=rw,g+r,o-x" as permission bits, given what is there now. Octal digits as Python's int(text,
/// 8) takes them; symbolic as chmod(1): u g o a, + - =, r w x X s t, copies (u=g), several operators after
/// one who, the umask where no who is given. (AnsibleModule's set_mode_if_different, from core 2.16 on.)
std::expected<mode_t, ModeError> parse_mode(std::string_view text, mode_t current, bool is_directory,
                                            mode_t umask);

/// '0%03o', as Ansible prints a mode.
std::string octal(mode_t mode);

}  // namespace lago::system
