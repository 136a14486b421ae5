// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/session.hpp"

#include <algorithm>
#include <utility>

#include "ansible/coerce.hpp"
#include "ansible/file_options.hpp"
#include "ansible/json.hpp"
#include "ansible/python.hpp"
#include "core/secret.hpp"
#include "system/path.hpp"

namespace lago::ansible {

namespace {

constexpr std::string_view placeholder = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER";
constexpr std::string_view not_logged = "NOT_LOGGING_PARAMETER";

Value summary(std::string_view type, Dict content) {
    content.set("__ansible_type", type);
    return content;
}

Value event(const std::string& message, const char* help) {
    Dict content{{"msg", secrets::scrub(message)}};
    if (help != nullptr) content.set("help_text", help);
    return summary("Event", std::move(content));
}

constexpr const char* pass_warnings = "Passing `warnings` to `exit_json` or `fail_json` is deprecated.";
constexpr const char* pass_deprecations =
    "Passing `deprecations` to `exit_json` or `fail_json` is deprecated.";

const char* help_for(const std::string& message) {
    if (message == pass_warnings) return "Use `AnsibleModule.warn` instead.";
    return message == pass_deprecations ? "Use `AnsibleModule.deprecate` instead." : nullptr;
}

Value deprecation_summary(const Deprecation& one) {
    const Value nobody = one.from_result ? Value() : Value("ansible.builtin");
    Dict content{{"event", event(one.message, help_for(one.message))},
                 {"deprecator",
                  summary("PluginInfo", Dict{{"resolved_name",
                                              one.collection_name.is_null() ? nobody : one.collection_name},
                                             {"type", Value()}})}};
    if (!one.version.is_null()) content.set("version", one.version);
    if (!one.date.is_null()) content.set("date", one.date);
    return summary("DeprecationSummary", std::move(content));
}

Value deprecation_entry(const Deprecation& one, const Dialect& dialect) {
    Dict content{{"msg", one.message}};
    if (one.date.is_null())
        content.set("version", one.version);
    else
        content.set("date", one.date);
    content.set("collection_name", one.collection_name);
    return scrubbed(content, dialect);
}

bool contains(const List& list, const Value& value) {
    return std::ranges::find(list, value) != list.end();
}

Deprecation deprecation_from(const Value& value) {
    if (const Dict* dict = value.as_dict()) {
        const auto get = [&](std::string_view key) {
            const Value* found = dict->find(key);
            return found == nullptr ? Value() : *found;
        };
        return {python::str(get("msg")), get("version"), get("date"), get("collection_name"), true};
    }
    if (const List* pair = value.as_list(); pair != nullptr && pair->size() == 2)
        return {python::str(pair->front()), pair->back(), {}, {}, true};
    return {python::str(value), {}, {}, {}, true};
}

List as_list(const Value& value) {
    return value.as_list() != nullptr ? *value.as_list() : List{value};
}

// Removes what a dotted name leads to; a list on the way stands for each of its items.
// What is of another shape than the path says (a list given as one text) is hidden as a whole.
void hide(Value& value, std::string_view path) {
    if (List* list = value.as_list()) {
        for (Value& item : *list) hide(item, path);
        return;
    }
    Dict* dict = value.as_dict();
    if (dict == nullptr) {
        value = not_logged;
        return;
    }
    const std::size_t dot = path.find('.');
    Value* found = dict->find(path.substr(0, dot));
    if (found == nullptr || found->is_null()) return;
    if (dot == path.npos)
        *found = not_logged;
    else
        hide(*found, path.substr(dot + 1));
}

Value diff_part(const DiffPart& part) {
    Dict made{{"before", part.before}, {"after", part.after}};
    if (!part.before_header.empty()) made.set("before_header", part.before_header);
    if (!part.after_header.empty()) made.set("after_header", part.after_header);
    return made;
}

Value diff_value(const Diff& diff) {
    if (diff.parts.size() == 1) return diff_part(diff.parts.front());
    List parts;
    for (const DiffPart& part : diff.parts) parts.push_back(diff_part(part));
    return parts;
}

// A megabyte that was given or answered says no more than its beginning. What is cut holds no secret any
// more: half of one would not be found again.
std::string readable(const std::string& text) {
    constexpr std::size_t longest = 8192;
    if (text.size() <= longest) return text;
    const std::string clean = secrets::scrub(text);
    std::size_t end = std::min(longest, clean.size());
    while (end > 0 && end < clean.size() && (static_cast<unsigned char>(clean[end]) & 0xc0U) == 0x80U) --end;
    if (end == clean.size()) return clean;
    return clean.substr(0, end) + "\u2026 (" + std::to_string(clean.size()) + " bytes)";
}

std::string sentence(const Failure& failure) {
    std::string text = readable(failure.what);
    if (!failure.why.empty()) text += (text.empty() ? "" : ": ") + readable(failure.why);
    if (!failure.hint.empty())
        text += (text.empty() ? "" : text.ends_with('.') ? " " : ". ") + readable(failure.hint);
    return text;
}

// A secret as it looks inside a text that was quoted by Python (an option that wanted a text and was given a
// list) or by JSON; each also as a path, where variables are replaced.
void keep_forms(const std::string& value) {
    constexpr std::size_t shortest = 4;
    const std::string json = to_json(value);
    for (const std::string& form : {value, python::escaped(value, false), python::escaped(value, true),
                                    json.substr(1, json.size() - 2)})
        for (const std::string& text : {form, python::expand_user(python::expand_vars(form))})
            if (text != value && text.size() >= shortest) Secret{std::string_view(text)};
}

void keep_texts(const Value& value) {
    if (value.is_null() || value.as_bool() != nullptr) return;
    if (const List* list = value.as_list()) {
        for (const Value& item : *list) keep_texts(item);
    } else if (const Dict* dict = value.as_dict()) {
        for (const auto& [key, item] : dict->items()) keep_texts(item);
    } else {
        const std::string text = python::str(value);
        Secret{std::string_view(text)};
        keep_forms(text);
    }
}

void keep_coerced(const ArgumentSpec& spec, const Dict& values);

void keep_coerced_below(const OptionSpec& option, const Value& value) {
    if (const Dict* dict = value.as_dict()) keep_coerced(*option.options, *dict);
    if (const List* list = value.as_list())
        for (const Value& item : *list) keep_coerced_below(option, item);
}

// Secrets as the module will see them: "a,b" became a list, "~/x" a path.
void keep_coerced(const ArgumentSpec& spec, const Dict& values) {
    for (const OptionSpec& option : spec.options) {
        const Value* value = values.find(option.name);
        if (value == nullptr) continue;
        if (option.hides()) keep_texts(*value);
        if (option.options) keep_coerced_below(option, *value);
    }
}

}  // namespace

Session::Session(const ModuleSpec& spec, std::string default_name, Hide hide)
    : spec_(spec), default_name_(std::move(default_name)), hide_(hide) {}

std::string Session::name() const {
    return internals_.module_name ? plain_module_name(*internals_.module_name) : default_name_;
}

void Session::keep_secrets(std::vector<std::string> sent) const {
    if (hide_ == Hide::every_form) {
        for (const std::string& value : sent) keep_forms(value);
        keep_coerced(spec_.arguments, parameters_);
    }
    for (std::string& value : sent) Secret(std::move(value));
}

std::optional<Answer> Session::start(Dict parameters) {
    internals_ = Internals::take(parameters);
    parameters_ = std::move(parameters);
    if (!internals_.error.empty()) return fail(internals_.error);

    Validated validated = validate(spec_.arguments, std::move(parameters_), internals_.dialect);
    parameters_ = std::move(validated.parameters);
    aliases_ = std::move(validated.aliases);
    keep_secrets(std::move(validated.no_log_values));
    for (std::string& text : validated.warnings) warn(std::move(text));
    deprecations_ = std::move(validated.deprecations);
    for (std::string& text : validated.alias_warnings) warn(std::move(text));

    if (validated.error && !(validated.unsupported && internals_.ignore_unknown_opts)) {
        if (!validated.unsupported) return fail(*validated.error);
        return fail("Unsupported parameters for (" + name() + ") module: " + *validated.error);
    }
    if (internals_.check_mode && !spec_.supports_check_mode)
        return exit(
            Dict{{"skipped", true}, {"msg", "remote module (" + name() + ") does not support check mode"}});
    if (!internals_.no_log && !spec_.no_log) note_invocation();
    return {};
}

void Session::warn(std::string text) {
    warnings_.push_back(std::move(text));
}

void Session::note_invocation() {
    Value shown = parameters_;
    for (const std::string& path : spec_.hidden_in_invocation) hide(shown, path);
    std::string line = "Invoked";
    for (const auto& [given, value] : shown.as_dict()->items()) {
        const auto alias = aliases_.find(given);
        const OptionSpec* option = spec_.arguments.find(alias == aliases_.end() ? given : alias->second);
        line += (line == "Invoked" ? " with " : " ") + given + "=" + logged(given, option, value);
    }
    if (!internals_.target_log_info.empty()) line = internals_.target_log_info + " " + line;
    log_line_ = secrets::scrub(line);
}

std::string Session::logged(const std::string& name, const OptionSpec* option, const Value& value) {
    const bool decided = option != nullptr && option->no_log;
    if (!decided && looks_like_password(name)) {
        warn("Module did not set no_log for " + name);
        return "NOT_LOGGING_PASSWORD";
    }
    if (option != nullptr && option->hides()) return std::string(not_logged);
    return secrets::scrub(without_url_passwords(python::str(value)));
}

void Session::take_warnings(Dict& result) {
    const Value* given = result.find("warnings");
    if (given == nullptr) return;
    if (internals_.dialect.summaries)
        deprecations_.push_back({pass_warnings, "2.23", {}, "ansible.builtin", false});
    for (const Value& one : as_list(*given)) warn(python::str(one));
}

void Session::take_deprecations(Dict& result) {
    const Value* given = result.find("deprecations");
    if (given == nullptr) return;
    if (internals_.dialect.summaries)
        deprecations_.push_back({pass_deprecations, "2.23", {}, "ansible.builtin", false});
    for (const Value& one : as_list(*given)) deprecations_.push_back(deprecation_from(one));
}

Value Session::warnings() const {
    List list;
    for (const std::string& text : warnings_) {
        const Value one = internals_.dialect.summaries
                              ? summary("WarningSummary", Dict{{"event", event(text, nullptr)}})
                              : Value(secrets::scrub(text));
        if (!internals_.dialect.summaries || !contains(list, one)) list.push_back(one);
    }
    return list;
}

Value Session::deprecations() const {
    List list;
    for (const Deprecation& one : deprecations_) {
        const Value made = internals_.dialect.summaries ? deprecation_summary(one)
                                                        : deprecation_entry(one, internals_.dialect);
        if (!internals_.dialect.summaries || !contains(list, made)) list.push_back(made);
    }
    return list;
}

Answer Session::print(Dict result, int code, const std::vector<std::pair<std::string, Secret>>& disclosed) {
    if (internals_.dialect.invocation_on_request && !internals_.inject_invocation) {
        result.erase("invocation");
    } else if (!result.contains("invocation")) {
        Value arguments = parameters_;
        for (const std::string& path : spec_.hidden_in_invocation) hide(arguments, path);
        result.set("invocation", Dict{{"module_args", std::move(arguments)}});
    }
    take_warnings(result);
    take_deprecations(result);
    for (auto& [key, value] : result.items())
        if (!internals_.dialect.keep_top_flags || (!value.is_null() && value.as_bool() == nullptr))
            value = scrubbed(value, internals_.dialect);
    if (!warnings_.empty()) result.set("warnings", warnings());
    if (!deprecations_.empty()) result.set("deprecations", deprecations());
    for (const auto& [key, secret] : disclosed) result.set(key, secret.expose());
    return {"\n" + to_json(result) + "\n", code};
}

void Session::add_file_facts(Dict& result) const {
    const Value* path = result.find("path");
    if (path == nullptr) path = result.find("dest");
    const std::string* name = path == nullptr ? nullptr : path->as_string();
    if (name == nullptr || !name->starts_with('/') || name->find('\0') != name->npos) return;
    add_path_info(result, system::Path(*name, "path"));
}

Answer Session::exit(Dict result) {
    add_file_facts(result);
    return print(std::move(result), 0);
}

Answer Session::fail(const std::string& message, Dict result) {
    result.set("failed", true);
    result.set("msg", message);
    return print(std::move(result), 1);
}

Answer Session::exit(const Result& result) {
    Dict made = result.returned;
    add_file_facts(made);
    // What the module says itself holds: the size of a key is not that of its file.
    for (const auto& [key, value] : result.returned.items()) made.set(key, value);
    made.set("changed", result.changed);
    if (result.diff && internals_.diff) made.set("diff", diff_value(*result.diff));
    for (const std::string& text : result.warnings) warn(text);
    return print(std::move(made), 0, result.disclosed);
}

Answer Session::fail(const Failure& failure) {
    Dict made = failure.facts;
    if (!failure.kind.empty()) made.set("error_kind", failure.kind);
    made.set("changed", failure.changed);
    return fail(sentence(failure), std::move(made));
}

Value scrubbed(const Value& value, const Dialect& dialect) {
    if (const std::string* text = value.as_string()) return secrets::scrub(*text);
    if (const List* list = value.as_list()) {
        List clean;
        for (const Value& item : *list) clean.push_back(scrubbed(item, dialect));
        return clean;
    }
    if (const Dict* dict = value.as_dict()) {
        Dict clean = *dict;
        for (auto& [key, item] : clean.items()) item = scrubbed(item, dialect);
        return clean;
    }
    if (dialect.keep_flags_and_null && (value.is_null() || value.as_bool() != nullptr)) return value;
    return secrets::holds_secret(python::str(value)) ? Value(placeholder) : value;
}

bool looks_like_password(std::string_view name) {
    const std::string low = python::lower(name);
    const auto parts = [](char letter) {
        return letter == '-' || letter == '_' ||
               std::string_view(" \t\n\r\f\v").find(letter) != std::string_view::npos;
    };
    // What follows "pass": (-_ )?(word|phrase|wrd|wd)? and then the end, or a separator and something more.
    const auto ends_well = [&](std::string_view rest) {
        const auto tail = [&](std::string_view end) {
            return end.empty() || end == "\n" ||
                   (end.size() > 1 && parts(end[0]) && end.find('\n', 1) >= end.size() - 1 &&
                    end.substr(1) != "\n");
        };
        if (tail(rest)) return true;
        for (const bool separated : {true, false}) {
            if (separated && (rest.empty() || !parts(rest[0]))) continue;
            const std::string_view after = rest.substr(separated ? 1 : 0);
            if (tail(after)) return true;
            for (const std::string_view word : {"word", "phrase", "wrd", "wd"})
                if (after.starts_with(word) && tail(after.substr(word.size()))) return true;
        }
        return false;
    };
    for (std::size_t at = low.find("pass"); at != std::string::npos; at = low.find("pass", at + 1)) {
        const bool begins_well = at == 0 || (at >= 2 && parts(low[at - 1]) && low.find('\n') >= at - 1);
        if (begins_well && ends_well(std::string_view(low).substr(at + 4))) return true;
    }
    return false;
}

std::string without_url_passwords(const std::string& text) {
    std::string out;
    std::size_t begin = text.size(), previous = begin;
    for (;;) {
        const std::size_t at = begin == 0 ? std::string::npos : text.rfind('@', begin - 1);
        if (at == std::string::npos || at >= begin) return text.substr(0, begin) + out;
        const std::size_t end = at;
        std::size_t search_end = end, separator = std::string::npos;
        while (separator == std::string::npos) {
            const std::size_t scheme = search_end < 3 ? std::string::npos : text.rfind("://", search_end - 3);
            begin = scheme == std::string::npos ? 0 : scheme;
            const std::size_t colon = text.find(':', begin + 3);
            if (colon != std::string::npos && colon < end)
                separator = colon;
            else if (begin == 0)
                return text.substr(0, previous) + out;
            else
                search_end = begin;
        }
        out = text.substr(begin, separator + 1 - begin) + "********" + text.substr(end, previous - end) + out;
        previous = begin;
    }
}

}  // namespace lago::ansible
