// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/secret.hpp"
#include "core/value.hpp"

namespace lago {

namespace ansible {
struct OptionSpec;
struct ArgumentSpec;
}  // namespace ansible

/// The validated options of one call, or of one entry of a list of sub-options. Asking for a name that is not
/// in the spec, or with another type than the spec says, is a defect of the module: std::logic_error.
///
/// T is bool, int, std::int64_t, double, std::string, std::vector<std::string>, Value, Dict, List, Options
/// (sub-options of a dict) or std::vector<Options> (sub-options of a list).
class Options {
public:
    Options(Dict values, const ansible::ArgumentSpec& spec);

    /// The value of an option that is required or has a default.
    template <class T>
    T get(std::string_view name) const;
    /// The value, or nothing where it is absent or null.
    template <class T>
    std::optional<T> find(std::string_view name) const;
    /// An integer option that is required or has a default. Throws Failure below `smallest` (error_kind
    /// bad_NAME).
    int at_least(std::string_view name, int smallest) const;
    /// A no_log option: the only way to one. Nothing where it is absent or null; an empty text is a value.
    std::optional<Secret> secret(std::string_view name) const;
    /// The same of a dictionary whose values are secrets, in its order; null values are left out.
    std::vector<std::pair<std::string, Secret>> secrets(std::string_view name) const;
    /// True where the option is there and not null (whatever its type, no_log or not).
    bool given(std::string_view name) const;
    /// True where the spec names this option: for code that several modules share. Asks, so never a defect.
    bool in_spec(std::string_view name) const;

private:
    const Value* look_up(std::string_view name, bool secret) const;

    Dict values_;
    const ansible::ArgumentSpec* spec_;
};

}  // namespace lago
