// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace lago::ansible {

/// Where AnsibleModule differs between the versions of ansible-core that may call. Nothing else reads the
/// version.
struct Dialect {
    bool int_through_decimal = true;  ///< 2.18: "1e2" and 3.0 are integers; other error text
    bool strict_units = true;         ///< 2.18: human_to_bytes takes whole unit names only
    bool strict_dict_text =
        true;  ///< 2.18: a literal that is no dictionary is refused; "a, b=c" has its own text
    bool keep_top_flags = true;          ///< 2.15.7, 2.16.1: no_log spares true, false and null at the top
    bool must_be_a = true;               ///< 2.17: "must be a dict" instead of "must by a dict"
    bool short_type_names = true;        ///< 2.19: "str" instead of "<class 'str'>" in type errors
    bool null_is_empty_text = true;      ///< 2.19: null where a str is wanted becomes ''
    bool one_space_in_bool_text = true;  ///< 2.19
    bool keep_flags_and_null = true;     ///< 2.19: no_log never touches true, false and null
    bool elements_by_value = true;       ///< 2.19: `elements` looks at the value, not at the option's type
    bool summaries = true;               ///< 2.19: warnings are objects, and one said twice stands once
    bool invocation_on_request = true;   ///< 2.21: only with _ansible_inject_invocation

    /// Of `_ansible_version`; the newest where it cannot be read ("0.0" is what AnsibleModule assumes without
    /// one).
    static Dialect of(std::string_view version);
};

}  // namespace lago::ansible
