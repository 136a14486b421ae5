// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "ansible/session.hpp"
#include "core/value.hpp"
#include "system/fd.hpp"

namespace lago::ansible {

/// Makes the process fit for secrets and for children: no core dumps, SIGPIPE ignored, each descriptor closes
/// on exec, 0 to 2 open. Standard output is taken for the result alone: from now on descriptor 1 is standard
/// error. Gives the descriptor that leads to the caller.
system::Fd take_standard_streams();

/// Standard input to its end; then it is /dev/null, so that no child waits on it.
std::string read_standard_input();

/// The content of a file of parameters, or the text itself where no such file is there.
std::string read_parameters(const std::string& file_or_json);

/// The parameters in any of their forms: flat, or inside ANSIBLE_MODULE_ARGS. The error is a `msg`.
std::expected<Dict, std::string> parse_parameters(std::string_view json);

/// Leaves a working directory that the user may not read for one that he may (AnsibleModule's _set_cwd).
void leave_unreadable_directory(const std::string& tmpdir);

/// Writes all of it; what cannot be written is lost, the caller is gone then.
void write_all(int descriptor, std::string_view text);

/// One line to the journal where it listens, else to syslog, as `ansible-NAME`.
void log_invocation(const std::string& module, const Internals& internals, const std::string& line);

}  // namespace lago::ansible
