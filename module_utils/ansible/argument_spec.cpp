// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/argument_spec.hpp"

#include <algorithm>
#include <stdexcept>

#include "ansible/python.hpp"

namespace lago::ansible {

namespace {

ArgumentSpec parse_options(const Dict& options);

const Value* at(const Dict& dict, std::string_view key) {
    const Value* value = dict.find(key);
    return value == nullptr || value->is_null() ? nullptr : value;
}

Value copy(const Dict& dict, std::string_view key) {
    const Value* value = at(dict, key);
    return value == nullptr ? Value() : *value;
}

bool flag(const Dict& dict, std::string_view key) {
    const Value* value = at(dict, key);
    return value != nullptr && python::truth(*value);
}

std::optional<std::string> text(const Dict& dict, std::string_view key) {
    const Value* value = at(dict, key);
    return value == nullptr ? std::nullopt : std::optional(python::str(*value));
}

std::vector<std::string> texts(const Value* value) {
    std::vector<std::string> found;
    if (value == nullptr || value->as_list() == nullptr) return found;
    for (const Value& item : *value->as_list()) found.push_back(python::str(item));
    return found;
}

const Dict& dictionary(const Value* value, const char* what) {
    const Dict* dict = value == nullptr ? nullptr : value->as_dict();
    if (dict == nullptr) throw std::logic_error(std::string(what) + " is not a dictionary");
    return *dict;
}

// ["env_fallback", ["NAME", …]], the JSON form of (env_fallback, [NAME, …]).
std::vector<std::string> variables(const Value* fallback) {
    const List* parts = fallback == nullptr ? nullptr : fallback->as_list();
    if (parts == nullptr) return {};
    if (parts->size() != 2 || python::str(parts->front()) != "env_fallback")
        throw std::logic_error("a fallback that is not env_fallback");
    return texts(&parts->back());
}

std::vector<DeprecatedAlias> deprecated_aliases(const Value* value) {
    std::vector<DeprecatedAlias> found;
    if (value == nullptr || value->as_list() == nullptr) return found;
    for (const Value& item : *value->as_list()) {
        const Dict& alias = dictionary(&item, "a deprecated alias");
        found.push_back({text(alias, "name").value_or(""), copy(alias, "version"), copy(alias, "date"),
                         copy(alias, "collection_name")});
    }
    return found;
}

Constraints constraints_of(const Dict& dict) {
    return {copy(dict, "mutually_exclusive"), copy(dict, "required_together"), copy(dict, "required_one_of"),
            copy(dict, "required_if"), copy(dict, "required_by")};
}

OptionSpec parse_option(const std::string& name, const Dict& json) {
    OptionSpec option;
    option.name = name;
    option.type = text(json, "type");
    option.elements = text(json, "elements");
    option.default_value = copy(json, "default");
    option.required = flag(json, "required");
    option.apply_defaults = flag(json, "apply_defaults");
    option.aliases = texts(at(json, "aliases"));
    option.aliases_are_no_list = at(json, "aliases") != nullptr && at(json, "aliases")->as_list() == nullptr;
    option.choices = copy(json, "choices");
    if (const Value* no_log = at(json, "no_log")) option.no_log = *no_log;
    option.removed_in_version = copy(json, "removed_in_version");
    option.removed_at_date = copy(json, "removed_at_date");
    option.removed_from_collection = copy(json, "removed_from_collection");
    option.deprecated_aliases = deprecated_aliases(at(json, "deprecated_aliases"));
    option.fallback_variables = variables(at(json, "fallback"));
    if (at(json, "options") != nullptr) {
        ArgumentSpec sub = parse_options(dictionary(at(json, "options"), "options"));
        sub.constraints = constraints_of(json);
        option.options = std::make_shared<const ArgumentSpec>(std::move(sub));
    }
    return option;
}

ArgumentSpec parse_options(const Dict& options) {
    ArgumentSpec spec;
    for (const auto& [name, option] : options.items())
        spec.options.push_back(parse_option(name, dictionary(&option, "an option")));
    return spec;
}

OptionSpec plain(std::string name, std::string type) {
    OptionSpec option;
    option.name = std::move(name);
    option.type = std::move(type);
    return option;
}

// AnsibleModule's FILE_COMMON_ARGUMENTS.
std::vector<OptionSpec> file_options() {
    std::vector<OptionSpec> options{plain("mode", "raw"),   plain("owner", "str"),  plain("group", "str"),
                                    plain("seuser", "str"), plain("serole", "str"), plain("selevel", "str"),
                                    plain("setype", "str")};
    OptionSpec attributes = plain("attributes", "str");
    attributes.aliases = {"attr"};
    options.push_back(std::move(attributes));
    OptionSpec unsafe = plain("unsafe_writes", "bool");
    unsafe.default_value = false;
    unsafe.fallback_variables = {"ANSIBLE_UNSAFE_WRITES"};
    options.push_back(std::move(unsafe));
    return options;
}

}  // namespace

bool OptionSpec::hides() const {
    return no_log && python::truth(*no_log);
}

const OptionSpec* ArgumentSpec::find(std::string_view name) const {
    const auto found = std::ranges::find(options, name, &OptionSpec::name);
    return found == options.end() ? nullptr : &*found;
}

ModuleSpec ModuleSpec::from(const Value& json) {
    const Dict& all = dictionary(&json, "a module's specification");
    return from(dictionary(at(all, "argument_spec"), "argument_spec"), all);
}

ModuleSpec ModuleSpec::from(const Dict& argument_spec, const Dict& others) {
    ModuleSpec made;
    made.arguments = parse_options(argument_spec);
    made.arguments.constraints = constraints_of(others);
    if (flag(others, "add_file_common_args"))
        for (OptionSpec& option : file_options())
            if (made.arguments.find(option.name) == nullptr)
                made.arguments.options.push_back(std::move(option));
    made.supports_check_mode = flag(others, "supports_check_mode");
    made.no_log = flag(others, "no_log");
    made.hidden_in_invocation = texts(at(others, "hidden_in_invocation"));
    return made;
}

}  // namespace lago::ansible
