// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.hpp"

namespace lago::ansible {

struct ArgumentSpec;

struct DeprecatedAlias {
    std::string name;
    Value version, date, collection_name;
};

/// One option, as AnsibleModule's argument_spec says it.
struct OptionSpec {
    std::string name;
    std::optional<std::string> type;  ///< absent means str
    std::optional<std::string> elements;
    Value default_value;
    bool required = false;
    bool apply_defaults = false;
    std::vector<std::string> aliases;
    bool aliases_are_no_list = false;
    Value choices;  ///< null: any
    std::optional<Value> no_log;
    Value removed_in_version, removed_at_date, removed_from_collection;
    std::vector<DeprecatedAlias> deprecated_aliases;
    std::vector<std::string> fallback_variables;  ///< names of environment variables, first one set wins
    std::shared_ptr<const ArgumentSpec> options;  ///< sub-options

    bool hides() const;  ///< no_log is set and true
    /// Its value is a dictionary, or a list of dictionaries.
    bool holds_dictionaries() const { return type == "dict" || (type == "list" && elements == "dict"); }
};

/// The groups of options that depend on each other; null where there are none. Of a module, or of an option's
/// sub-options.
struct Constraints {
    Value mutually_exclusive, required_together, required_one_of, required_if, required_by;
};

/// All options of a module, or all sub-options of an option, in their order.
struct ArgumentSpec {
    std::vector<OptionSpec> options;
    Constraints constraints;

    const OptionSpec* find(std::string_view name) const;
};

/// A module's whole specification: what AnsibleModule's constructor is given, and ours.
struct ModuleSpec {
    ArgumentSpec arguments;
    bool supports_check_mode = false;
    bool no_log = false;
    /// Dotted names ("entries.content") whose values stand neither in `invocation` nor in the log.
    std::vector<std::string> hidden_in_invocation;

    /// From {"argument_spec": {…}, "supports_check_mode": true, "required_if": […], …}.
    /// `add_file_common_args` adds Ansible's file options. What has a wrong shape is a std::logic_error.
    static ModuleSpec from(const Value& json);
    static ModuleSpec from(const Dict& argument_spec, const Dict& others);
};

}  // namespace lago::ansible
