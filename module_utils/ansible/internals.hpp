// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "ansible/dialect.hpp"
#include "core/value.hpp"

namespace lago::ansible {

/// What the controller says beside the options: the keys that begin with `_ansible_`.
struct Internals {
    bool check_mode = false;
    bool debug = false;
    bool diff = false;
    bool no_log = false;               ///< nothing is logged
    bool ignore_unknown_opts = false;  ///< an option that the module does not have is no error
    bool inject_invocation = false;
    int verbosity = 0;
    std::optional<std::string> module_name;
    std::string syslog_facility = "LOG_USER";
    std::string target_log_info;  ///< stands before each line of the log
    std::string tmpdir;
    std::string remote_tmp;
    Dialect dialect;

    /// Takes all such keys out of `parameters`, known or not. The first flag that is none is `error`.
    static Internals take(Dict& parameters);
    std::string error;
};

/// "mash.lago.__bin__.lago_redis_linux_x86_64" is "mash.lago.lago_redis" in all messages.
std::string plain_module_name(const std::string& name);

}  // namespace lago::ansible
