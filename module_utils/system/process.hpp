// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.hpp"
#include "core/secret.hpp"

namespace lago::system {

/// A program that ran to its end.
struct Finished {
    int status = 0;  ///< exit status; 128 + the signal's number where a signal ended it, as a shell says
    std::string out;
    std::string err;
};

enum class RunError {
    not_found,  ///< no such program
    refused,    ///< it is there but cannot be started (permissions, wrong architecture, no memory)
    deadline,   ///< it was killed, with all it had started in its process group
    too_much,   ///< it was killed because it printed more than the limit
};

struct RunSettings {
    std::optional<Secret> input;         ///< for its standard input; nothing: it reads /dev/null
    std::vector<std::string> variables;  ///< "NAME=value", added to the environment
    std::size_t output_limit = 4U << 20U;
};

/// Runs a program without a shell, in the locale C, in a process group of its own, with all signals as usual.
/// `argv[0]` without a slash is looked for as find_program does. Nothing secret belongs into argv or
/// variables: other users of the machine can read both.
std::expected<Finished, RunError> run(const std::vector<std::string>& argv, Deadline deadline,
                                      const RunSettings& settings = {});

/// Where a program is: in PATH, else in the usual folders (sbin as well, which a user's PATH may lack).
std::optional<std::string> find_program(std::string_view name);

/// Opens /dev/null for each standard stream that is closed, so that no file opened later becomes one.
void open_missing_streams();

}  // namespace lago::system
