// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "ansible/module.hpp"
#include "ansible/session.hpp"

namespace lago::ansible {

/// A module's whole call, from the JSON of its parameters to what is printed. Whatever happens, it is one
/// JSON object: failures, exceptions and a lack of memory too.
Answer run_module(const Module& module, std::string_view json);

/// `lago --validate`: reads cases, one JSON object a line, from standard input and writes one answer a line.
/// {"id", "spec", "kwargs", "params", "result", "env"} -> {"id", "rc", "stdout"}: what AnsibleModule would
/// print.
void validate_cases(int input, int output);

/// Answer to one such line, without its line break.
std::string validate_case(const std::string& line);

}  // namespace lago::ansible
