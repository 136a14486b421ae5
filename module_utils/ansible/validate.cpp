// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/validate.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <string_view>
#include <utility>

#include "ansible/coerce.hpp"
#include "ansible/constraints.hpp"
#include "ansible/python.hpp"
#include "ansible/utf8.hpp"

namespace lago::ansible {

namespace {

// Where a level of options stands: the module's own ones, or an option's sub-options.
struct Place {
    std::string prefix;             // "entries[0]." in warnings
    std::vector<std::string> path;  // {"entries"} in errors
    bool top() const { return path.empty(); }
    std::string found_in() const { return top() ? "" : " found in " + python::join(path, " -> "); }
    // As the texts about types write it.
    std::string found_in_quotes(std::string_view end) const {
        return top() ? "" : " found in '" + python::join(path, " -> ") + "'" + std::string(end);
    }
};

struct Unsupported {
    std::string name, supported;
};

bool null_is_skipped(const OptionSpec& option) {
    return !option.required && option.default_value.is_null();
}

std::string described(const Value& value, const Dialect& dialect) {
    return dialect.short_type_names ? std::string(python::type_name(value)) : python::class_name(value);
}

std::string type_of(const std::optional<std::string>& type) {
    return type.value_or("str");
}

std::string join_texts(const List& list) {
    std::vector<std::string> texts;
    for (const Value& item : list) texts.push_back(python::str(item));
    return python::join(texts, ", ");
}

// What iterating gives, as `elements` does also where the value is no list.
std::optional<List> iterated(const Value& value) {
    if (const List* list = value.as_list()) return *list;
    List items;
    if (const Dict* dict = value.as_dict()) {
        for (const auto& [key, ignored] : dict->items()) items.emplace_back(key);
        return items;
    }
    const std::string* text = value.as_string();
    if (text == nullptr) return {};
    for (std::size_t at = 0; at < text->size();) {
        const std::size_t length = utf8::decode(*text, at).length;
        items.emplace_back(text->substr(at, length));
        at += length;
    }
    return items;
}

class Validation {
public:
    Validation(Validated& out, const Dialect& dialect) : out_(out), dialect_(dialect) {}

    void run(const ArgumentSpec& spec) {
        level(spec, out_.parameters, Place{});
        std::ranges::move(sub_alias_deprecations_, std::back_inserter(out_.deprecations));
        report_unsupported();
    }

private:
    void fail(std::string text) {
        if (!out_.error) out_.error = std::move(text);
    }
    void fail(const std::optional<std::string>& text, const Place& place) {
        if (text) fail(*text + place.found_in());
    }

    // One level, from fallbacks to its own sub-options.
    void level(const ArgumentSpec& spec, Dict& parameters, const Place& place) {
        const std::map<std::string, std::string> aliases = handle_aliases(spec, parameters, place);
        gather(spec, parameters);
        if (place.top()) list_deprecations(spec, parameters, "");
        collect_unsupported(spec, parameters, aliases, place);
        fail(check_mutually_exclusive(spec.constraints.mutually_exclusive, parameters), place);
        set_defaults(spec, parameters, false);
        fail(check_required(spec, parameters), place);
        const Origins origins = check_types(spec, parameters, place);
        check_choices(spec, parameters, place);
        fail(check_required_together(spec.constraints.required_together, parameters), place);
        fail(check_required_one_of(spec.constraints.required_one_of, parameters), place);
        fail(check_required_if(spec.constraints.required_if, parameters), place);
        fail(check_required_by(spec.constraints.required_by, parameters), place);
        set_defaults(spec, parameters, true);
        bool aliased = true;
        for (const OptionSpec& option : spec.options) {
            aliased = aliased && !defect_of(option);
            sub_options(option, parameters, place, origins, aliased);
        }
        if (place.top()) out_.aliases = aliases;
    }

    void fallbacks(const ArgumentSpec& spec, Dict& parameters) {
        for (const OptionSpec& option : spec.options) {
            if (parameters.contains(option.name)) continue;
            for (const std::string& variable : option.fallback_variables)
                if (const char* value = std::getenv(variable.c_str())) {
                    if (option.hides()) hide(value);
                    parameters.set(option.name, value);
                    break;
                }
        }
    }

    // What is wrong with the specification; AnsibleModule takes no alias from there on.
    static std::optional<std::string> defect_of(const OptionSpec& option) {
        if (!option.default_value.is_null() && option.required)
            return "internal error: required and default are mutually exclusive for " + option.name;
        if (option.aliases_are_no_list) return "internal error: aliases must be a list or tuple";
        return {};
    }

    std::map<std::string, std::string> handle_aliases(const ArgumentSpec& spec, Dict& parameters,
                                                      const Place& place) {
        fallbacks(spec, parameters);
        std::map<std::string, std::string> found;
        for (const OptionSpec& option : spec.options) {
            deprecate_aliases(option, parameters, place);
            if (auto defect = defect_of(option)) {
                fail(std::move(*defect));
                return {};
            }
            for (const std::string& alias : option.aliases)
                take_alias(option, alias, parameters, place, found);
        }
        return found;
    }

    void take_alias(const OptionSpec& option, const std::string& alias, Dict& parameters, const Place& place,
                    std::map<std::string, std::string>& found) {
        found[alias] = option.name;
        const Value* value = parameters.find(alias);
        if (value == nullptr) return;
        if (parameters.contains(option.name))
            (place.top() ? out_.alias_warnings : out_.warnings)
                .push_back("Both option " + place.prefix + option.name + " and its alias " + place.prefix +
                           alias + " are set.");
        parameters.set(option.name, Value(*value));
    }

    void deprecate_aliases(const OptionSpec& option, const Dict& parameters, const Place& place) {
        for (const DeprecatedAlias& alias : option.deprecated_aliases)
            if (parameters.contains(alias.name))
                (place.top() ? out_.deprecations : sub_alias_deprecations_)
                    .push_back({"Alias '" + place.prefix + alias.name +
                                    "' is deprecated. See the module docs for more information",
                                alias.version, alias.date, alias.collection_name, false});
    }

    void list_deprecations(const ArgumentSpec& spec, const Dict& parameters, const std::string& prefix) {
        for (const OptionSpec& option : spec.options) {
            const Value* value = parameters.find(option.name);
            if (value == nullptr) continue;
            const std::string name = prefix.empty() ? option.name : prefix + "[\"" + option.name + "\"]";
            const bool dated = !option.removed_at_date.is_null();
            if (dated || !option.removed_in_version.is_null())
                out_.deprecations.push_back(
                    {"Param '" + name + "' is deprecated. See the module docs for more information",
                     dated ? Value() : option.removed_in_version, option.removed_at_date,
                     option.removed_from_collection, false});
            if (!option.options) continue;
            if (const Dict* sub = value->as_dict()) list_deprecations(*option.options, *sub, name);
            if (const List* list = value->as_list())
                for (const Value& item : *list)
                    if (const Dict* sub = item.as_dict()) list_deprecations(*option.options, *sub, name);
        }
    }

    void hide(const Value& value) {
        if (const std::string* text = value.as_string()) {
            if (!text->empty()) out_.no_log_values.push_back(*text);
        } else if (value.as_integer() != nullptr || value.as_real() != nullptr) {
            out_.no_log_values.push_back(python::str(value));
        } else if (const List* list = value.as_list()) {
            for (const Value& item : *list) hide(item);
        } else if (const Dict* dict = value.as_dict()) {
            for (const auto& [key, item] : dict->items()) hide(item);
        }
    }

    void gather(const ArgumentSpec& spec, const Dict& parameters) {
        for (const OptionSpec& option : spec.options) {
            const Value* value = parameters.find(option.name);
            if (value == nullptr || value->is_null()) continue;
            if (option.hides() && python::truth(*value)) hide(*value);
            if (option.options && option.holds_dictionaries() && !gather_below(option, *value)) return;
        }
    }

    bool gather_below(const OptionSpec& option, const Value& value) {
        const List* list = value.as_list();
        for (const Value& item : list != nullptr ? *list : List{value}) {
            Value dict = item;
            if (const std::string* text = item.as_string()) {
                auto parsed = dict_from_text(*text, dialect_);
                if (!parsed) {
                    fail(parsed.error());
                    return false;
                }
                dict = std::move(*parsed);
            }
            if (dict.as_dict() == nullptr) {
                fail("Value '" + python::str(dict) + "' in the sub parameter field '" + option.name +
                     (dialect_.must_be_a ? "' must be a " : "' must by a ") + *option.type + ", not '" +
                     std::string(python::type_name(dict)) + "'");
                return false;
            }
            gather(*option.options, *dict.as_dict());
        }
        return true;
    }

    void collect_unsupported(const ArgumentSpec& spec, const Dict& parameters,
                             const std::map<std::string, std::string>& aliases, const Place& place) {
        for (const auto& [name, ignored] : parameters.items())
            if (spec.find(name) == nullptr && !aliases.contains(name)) {
                std::vector<std::string> path = place.path;
                path.push_back(name);
                unsupported_.push_back({python::join(path, "."), supported(spec, aliases)});
            }
    }

    static std::string supported(const ArgumentSpec& spec,
                                 const std::map<std::string, std::string>& aliases) {
        std::vector<std::string> names, others;
        for (const OptionSpec& option : spec.options)
            if (!aliases.contains(option.name)) names.push_back(option.name);
        for (const auto& [alias, option] : aliases) others.push_back(alias);
        std::ranges::sort(names);
        std::string text = python::join(names, ", ");
        if (!others.empty()) text += " (" + python::join(others, ", ") + ")";
        return text;
    }

    void report_unsupported() {
        if (unsupported_.empty() || out_.error) return;
        std::vector<std::string> names;
        for (const Unsupported& one : unsupported_) names.push_back(one.name);
        std::ranges::sort(names);
        const auto repeated = std::ranges::unique(names);
        names.erase(repeated.begin(), repeated.end());
        out_.error = python::join(names, ", ") +
                     ". Supported parameters include: " + unsupported_.back().supported + ".";
        out_.unsupported = true;
    }

    // A default is hidden as it looks in a text, true as well.
    void hide_default(const Value& value) {
        if (value.as_bool() != nullptr)
            out_.no_log_values.push_back(python::str(value));
        else
            hide(value);
    }

    void set_defaults(const ArgumentSpec& spec, Dict& parameters, bool null_too) {
        for (const OptionSpec& option : spec.options) {
            if (parameters.contains(option.name) || (option.default_value.is_null() && !null_too)) continue;
            if (option.hides() && python::truth(option.default_value)) hide_default(option.default_value);
            parameters.set(option.name, option.default_value);
        }
    }

    // Of an option that is a list: which item of the list that was given each element was made from.
    using Origins = std::map<std::string, std::vector<std::size_t>>;

    Origins check_types(const ArgumentSpec& spec, Dict& parameters, const Place& place) {
        Origins origins;
        for (const OptionSpec& option : spec.options) {
            Value* value = parameters.find(option.name);
            if (value == nullptr || (value->is_null() && null_is_skipped(option))) continue;
            const std::string given_type = described(*value, dialect_);
            auto coerced = coerce(*value, option.type, dialect_);
            std::optional<std::string> why;
            if (coerced) {
                *value = std::move(*coerced);
                if (option.elements && !option.elements->empty())
                    why = check_elements(option, *value, place, origins);
            } else {
                why = coerced.error();
            }
            if (!why) continue;
            fail("argument '" + option.name + "' is of type " + given_type + place.found_in_quotes(".") +
                 " and we were unable to convert to " + type_of(option.type) + ": " + *why);
        }
        return origins;
    }

    // The text is for a value that cannot be iterated over at all.
    std::optional<std::string> check_elements(const OptionSpec& option, Value& value, const Place& place,
                                              Origins& origins) {
        const bool fits = value.as_list() != nullptr && (dialect_.elements_by_value || option.type == "list");
        if (!fits)
            fail("Invalid type " + type_of(option.type) + " for option '" + python::str(value) + "'" +
                 place.found_in_quotes(".") + ", elements value check is supported only with 'list' type");
        const auto items = iterated(value);
        if (!items) return "'" + std::string(python::type_name(value)) + "' object is not iterable";
        List made;
        for (std::size_t index = 0; index < items->size(); ++index) {
            auto element = coerce((*items)[index], option.elements, dialect_);
            if (element) {
                made.push_back(std::move(*element));
                origins[option.name].push_back(index);
                continue;
            }
            fail("Elements value for option '" + option.name + "'" + place.found_in_quotes("") +
                 " is of type " + described((*items)[index], dialect_) +
                 " and we were unable to convert to " + type_of(option.elements) + ": " + element.error());
        }
        value = std::move(made);
        return {};
    }

    void check_choices(const ArgumentSpec& spec, Dict& parameters, const Place& place) {
        for (const OptionSpec& option : spec.options) {
            if (option.choices.is_null()) continue;
            const List* choices = option.choices.as_list();
            if (choices == nullptr) {
                fail("internal error: choices for argument " + option.name +
                     " are not iterable: " + python::str(option.choices) + place.found_in());
                continue;
            }
            Value* value = parameters.find(option.name);
            if (value == nullptr) continue;
            if (const List* list = value->as_list())
                check_each_choice(option, *choices, *list, place);
            else
                check_choice(option, *choices, *value, place);
        }
    }

    void check_each_choice(const OptionSpec& option, const List& choices, const List& given,
                           const Place& place) {
        List others;
        for (const Value& item : given)
            if (!python::contains(choices, item)) others.push_back(item);
        if (others.empty()) return;
        fail("value of " + option.name + " must be one or more of: " + join_texts(choices) +
             ". Got no match for: " + join_texts(others) + place.found_in());
    }

    // YAML makes booleans of yes and no; where only one choice can have been meant, it is taken.
    void check_choice(const OptionSpec& option, const List& choices, Value& value, const Place& place) {
        if (python::contains(choices, value)) return;
        static const List yes{"y", "yes", "on", "1", "true", "t", 1},
            no{"n", "no", "off", "0", "false", "f", 0};
        const std::string* text = value.as_string();
        if (text != nullptr && (*text == "True" || *text == "False")) {
            List overlap;
            for (const Value& choice : choices)
                if (python::contains(*text == "True" ? yes : no, choice) &&
                    !python::contains(overlap, choice))
                    overlap.push_back(choice);
            if (overlap.size() == 1) value = overlap.front();
        }
        if (python::contains(choices, value)) return;
        fail("value of " + option.name + " must be one of: " + join_texts(choices) +
             ", got: " + python::str(value) + place.found_in());
    }

    void sub_options(const OptionSpec& option, Dict& parameters, const Place& place, const Origins& origins,
                     bool aliased) {
        if (!option.holds_dictionaries() || !option.options) return;
        Value* value = parameters.find(option.name);
        if (option.apply_defaults && (value == nullptr || value->is_null()))
            value = &parameters.set(option.name, Dict());
        if (value == nullptr || value->is_null()) return;
        if (List* list = value->as_list()) {
            for (std::size_t index = 0; index < list->size(); ++index)
                one_dictionary(option, (*list)[index], below(option, place, index));
        } else {
            one_dictionary(option, *value, below(option, place, 0));
        }
        if (!aliased) return;
        const auto found = origins.find(option.name);
        share_with_aliases(option, parameters,
                           found == origins.end() ? std::vector<std::size_t>() : found->second);
    }

    static Place below(const OptionSpec& option, const Place& place, std::size_t index) {
        Place sub = place;
        sub.path.push_back(option.name);
        sub.prefix += option.name + (option.type == "list" ? "[" + std::to_string(index) + "]" : "") + ".";
        return sub;
    }

    void one_dictionary(const OptionSpec& option, Value& value, const Place& place) {
        if (Dict* dict = value.as_dict())
            level(*option.options, *dict, place);
        else
            fail("value of '" + option.name + "' must be of type dict or list of dicts");
    }

    // In Python an option and its alias hold the same dictionaries: what sub-options change shows in both.
    static void share_with_aliases(const OptionSpec& option, Dict& parameters,
                                   const std::vector<std::size_t>& origins) {
        const Value* value = parameters.find(option.name);
        for (auto alias = option.aliases.rbegin(); alias != option.aliases.rend(); ++alias) {
            Value* other = parameters.find(*alias);
            if (other == nullptr || *alias == option.name) continue;
            if (other->as_dict() != nullptr && value->as_dict() != nullptr) *other = *value;
            List* list = other->as_list();
            for (std::size_t index = 0; list != nullptr && index < origins.size(); ++index)
                if (origins[index] < list->size() && (*list)[origins[index]].as_dict() != nullptr)
                    (*list)[origins[index]] = (*value->as_list())[index];
            return;
        }
    }

    Validated& out_;
    const Dialect& dialect_;
    std::vector<Unsupported> unsupported_;
    std::vector<Deprecation> sub_alias_deprecations_;
};

}  // namespace

Validated validate(const ArgumentSpec& spec, Dict parameters, const Dialect& dialect) {
    Validated made;
    made.parameters = std::move(parameters);
    Validation(made, dialect).run(spec);
    return made;
}

}  // namespace lago::ansible
