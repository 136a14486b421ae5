// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ansible/argument_spec.hpp"
#include "ansible/dialect.hpp"
#include "core/value.hpp"

namespace lago::ansible {

/// A deprecation as it stands in the result.
struct Deprecation {
    std::string message;
    Value version, date, collection_name;
    bool from_result = false;  ///< the module's own words; without a collection nobody is named
};

/// What validation found; the parameters are the coerced ones also where it failed.
struct Validated {
    Dict parameters;
    std::optional<std::string> error;         ///< the first one only, as AnsibleModule
    bool unsupported = false;                 ///< the error is that of options that the module does not have
    std::vector<std::string> warnings;        ///< those of sub-options, which AnsibleModule gives first
    std::vector<std::string> alias_warnings;  ///< those of the module's own options
    std::vector<Deprecation> deprecations;
    std::vector<std::string> no_log_values;
    std::map<std::string, std::string> aliases;  ///< alias -> option
};

/// Checks the parameters (without `_ansible_*`) in AnsibleModule's order: fallbacks, aliases, no_log values,
/// deprecations, unsupported, mutually_exclusive, defaults, required, types, choices, required_together,
/// required_one_of, required_if, required_by, null defaults, sub-options; unsupported ones are reported last.
Validated validate(const ArgumentSpec& spec, Dict parameters, const Dialect& dialect);

}  // namespace lago::ansible
