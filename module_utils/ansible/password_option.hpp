// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "ansible/options.hpp"
#include "core/secret.hpp"

namespace lago::ansible {

/// A password that a task hands in, or that stands in a file on the target.
struct PasswordOption {
    std::optional<Secret> password;  ///< nothing: none is given, or `follows`
    std::string option;              ///< which option it is from, for messages
    bool follows = false;            ///< check mode: what will hold it is not there yet
};

/// Reads the options NAME, NAME_file and NAME_file_key: the text, else the content of the file without one
/// line end at its end, or, with a key, that variable of the env file. Throws Failure (`password_file`) for a
/// file that cannot be read or has no password in it; in check mode only where it is there.
PasswordOption password_option(const Options& options, const std::string& name, bool check_mode);

}  // namespace lago::ansible
