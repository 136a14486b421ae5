// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ansible/argument_spec.hpp"
#include "ansible/internals.hpp"
#include "ansible/result.hpp"
#include "ansible/validate.hpp"
#include "core/failure.hpp"
#include "core/value.hpp"

namespace lago::ansible {

/// What is printed, and the exit code.
struct Answer {
    std::string text;  ///< a line break, one JSON object, a line break
    int code = 0;
};

/// One call of a module as AnsibleModule goes through it: parameters in, checks, one answer.
class Session {
public:
    /// AnsibleModule hides a secret as it was sent only. A module of ours hides it in every form that it may
    /// come back in: as it was coerced, and as Python and JSON quote it within a text.
    enum class Hide { as_sent, every_form };

    Session(const ModuleSpec& spec, std::string default_name, Hide hide);

    /// Takes the parameters and checks them. An answer where the call is over with that: what is wrong with
    /// them, or check mode that the module does not have.
    std::optional<Answer> start(Dict parameters);

    /// exit_json and fail_json: adds invocation, warnings and deprecations, and scrubs every text.
    Answer exit(Dict result);
    Answer fail(const std::string& message, Dict result = {});
    Answer exit(const Result& result);
    Answer fail(const Failure& failure);

    void warn(std::string text);
    /// "Invoked with name=value …", with nothing secret in it. Empty where the call is not to be logged.
    const std::string& log_line() const { return log_line_; }
    const Internals& internals() const { return internals_; }
    const Dict& parameters() const { return parameters_; }

private:
    std::string name() const;
    void keep_secrets(std::vector<std::string> sent) const;
    /// Owner, mode and such of the result's `path` or `dest` (AnsibleModule's add_path_info).
    void add_file_facts(Dict& result) const;
    void note_invocation();
    std::string logged(const std::string& name, const OptionSpec* option, const Value& value);
    Answer print(Dict result, int code, const std::vector<std::pair<std::string, Secret>>& disclosed = {});
    void take_warnings(Dict& result);
    void take_deprecations(Dict& result);
    Value warnings() const;
    Value deprecations() const;

    const ModuleSpec& spec_;
    std::string default_name_;
    Hide hide_;
    Internals internals_;
    Dict parameters_;
    std::map<std::string, std::string> aliases_;
    std::vector<std::string> warnings_;
    std::vector<Deprecation> deprecations_;
    std::string log_line_;
};

/// remove_values(): every text of a value scrubbed of all known secrets; keys stay.
Value scrubbed(const Value& value, const Dialect& dialect);

/// Whether a name looks like that of a password (AnsibleModule's PASSWORD_MATCH).
bool looks_like_password(std::string_view name);
/// user:password@ in a text, the password blanked (AnsibleModule's heuristic_log_sanitize).
std::string without_url_passwords(const std::string& text);

}  // namespace lago::ansible
