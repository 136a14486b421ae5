// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/constraints.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "ansible/python.hpp"
#include "ansible/utf8.hpp"

namespace lago::ansible {

namespace {

using Names = std::vector<std::string>;

// What Python's iteration gives: a list's items, a text's letters.
Names iterate(const Value& value) {
    Names names;
    if (const List* list = value.as_list())
        for (const Value& item : *list) names.push_back(python::str(item));
    if (const std::string* text = value.as_string())
        for (std::size_t at = 0; at < text->size();) {
            const std::size_t length = utf8::decode(*text, at).length;
            names.push_back(text->substr(at, length));
            at += length;
        }
    return names;
}

// count_terms(): how many of the names are there; a text is one name.
std::size_t count(const Value& terms, const Dict& parameters) {
    const std::string* single = terms.as_string();
    const Names names = single != nullptr ? Names{*single} : iterate(terms);
    std::set<std::string_view> present;
    for (const std::string& name : names)
        if (parameters.contains(name)) present.insert(name);
    return present.size();
}

const List& items(const Value& value) {
    static const List none;
    const List* list = value.as_list();
    return list == nullptr ? none : *list;
}

Names missing_of(const Value& names, const Dict& parameters) {
    Names missing;
    if (const List* list = names.as_list()) {
        for (const Value& name : *list)
            if (count(name, parameters) == 0) missing.push_back(python::str(name));
        return missing;
    }
    for (const std::string& name : iterate(names))
        if (!parameters.contains(name)) missing.push_back(name);
    return missing;
}

Broken check_one_condition(const List& rule, const Dict& parameters) {
    if (rule.size() < 3) return {};
    const std::string name = python::str(rule[0]);
    const Value* value = parameters.find(name);
    if (value == nullptr || !python::equal(*value, rule[1])) return {};
    const bool any = rule.size() > 3 && python::truth(rule[3]);
    const Names missing = missing_of(rule[2], parameters);
    if (missing.empty() || (any && missing.size() < iterate(rule[2]).size())) return {};
    return name + " is " + python::str(rule[1]) + " but " + (any ? "any" : "all") +
           " of the following are missing: " + python::join(missing, ", ");
}

bool given(const Dict& parameters, const std::string& name) {
    const Value* value = parameters.find(name);
    return value != nullptr && !value->is_null();
}

}  // namespace

Broken check_mutually_exclusive(const Value& terms, const Dict& parameters) {
    Names broken;
    for (const Value& group : items(terms))
        if (count(group, parameters) > 1) broken.push_back(python::join(iterate(group), "|"));
    if (broken.empty()) return {};
    return "parameters are mutually exclusive: " + python::join(broken, ", ");
}

Broken check_required(const ArgumentSpec& spec, const Dict& parameters) {
    Names missing;
    for (const OptionSpec& option : spec.options)
        if (option.required && !parameters.contains(option.name)) missing.push_back(option.name);
    if (missing.empty()) return {};
    std::ranges::sort(missing);
    return "missing required arguments: " + python::join(missing, ", ");
}

Broken check_required_together(const Value& terms, const Dict& parameters) {
    for (const Value& group : items(terms)) {
        const Names names = iterate(group);
        const auto present =
            std::ranges::count_if(names, [&](const auto& name) { return parameters.contains(name); });
        if (present > 0 && static_cast<std::size_t>(present) < names.size())
            return "parameters are required together: " + python::join(names, ", ");
    }
    return {};
}

Broken check_required_one_of(const Value& terms, const Dict& parameters) {
    for (const Value& group : items(terms))
        if (count(group, parameters) == 0)
            return "one of the following is required: " + python::join(iterate(group), ", ");
    return {};
}

Broken check_required_if(const Value& requirements, const Dict& parameters) {
    for (const Value& rule : items(requirements))
        if (Broken broken = check_one_condition(items(rule), parameters)) return broken;
    return {};
}

Broken check_required_by(const Value& requirements, const Dict& parameters) {
    const Dict* rules = requirements.as_dict();
    if (rules == nullptr) return {};
    for (const auto& [name, needed] : rules->items()) {
        if (!given(parameters, name)) continue;
        const Names names = needed.as_string() != nullptr ? Names{*needed.as_string()} : iterate(needed);
        Names missing;
        for (const std::string& one : names)
            if (!given(parameters, one)) missing.push_back(one);
        if (!missing.empty())
            return "missing parameter(s) required by '" + name + "': " + python::join(missing, ", ");
    }
    return {};
}

}  // namespace lago::ansible
