// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/options.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "ansible/argument_spec.hpp"
#include "ansible/json.hpp"
#include "ansible/python.hpp"
#include "core/failure.hpp"

namespace lago {

namespace {

using ansible::ArgumentSpec;
using ansible::OptionSpec;

[[noreturn]] void defect(std::string_view name, const char* what) {
    throw std::logic_error("option '" + std::string(name) + "' " + what);
}

bool hides_below(const OptionSpec& option) {
    return option.options && std::ranges::any_of(option.options->options, [](const OptionSpec& sub) {
               return sub.hides() || hides_below(sub);
           });
}

const OptionSpec& spec_of(const ArgumentSpec& spec, std::string_view name) {
    const OptionSpec* option = spec.find(name);
    if (option == nullptr) defect(name, "is not in the specification");
    return *option;
}

std::int64_t whole_number(const Value& value, std::string_view name, std::int64_t least, std::int64_t most) {
    if (const bool* flag = value.as_bool()) return *flag ? 1 : 0;
    const Integer* integer = value.as_integer();
    if (integer == nullptr) defect(name, "is no whole number");
    if (!integer->value || *integer->value < least || *integer->value > most)
        throw Failure{
            .what = "option '" + std::string(name) + "' is out of range",
            .why = integer->text,
            .hint = "It has to be between " + std::to_string(least) + " and " + std::to_string(most),
            .kind = "out_of_range",
            .facts = {}};
    return *integer->value;
}

std::vector<std::string> texts_of(const Value& value, std::string_view name) {
    const List* list = value.as_list();
    if (list == nullptr) defect(name, "is no list");
    std::vector<std::string> texts;
    for (const Value& item : *list) texts.push_back(ansible::python::str(item));
    return texts;
}

template <class T>
const T& must(const T* found, std::string_view name) {
    if (found == nullptr) defect(name, "is of another type");
    return *found;
}

Options sub_options(const Value& value, const OptionSpec& option) {
    if (!option.options) defect(option.name, "has no sub-options");
    return Options(must(value.as_dict(), option.name), *option.options);
}

template <class T>
T converted(const Value& value, const OptionSpec& option) {
    const std::string& name = option.name;
    if constexpr (std::is_same_v<T, bool>)
        return must(value.as_bool(), name);
    else if constexpr (std::is_same_v<T, int>)
        return static_cast<int>(
            whole_number(value, name, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()));
    else if constexpr (std::is_same_v<T, std::int64_t>)
        return whole_number(value, name, std::numeric_limits<std::int64_t>::min(),
                            std::numeric_limits<std::int64_t>::max());
    else if constexpr (std::is_same_v<T, double>)
        return must(value.as_real(), name);
    else if constexpr (std::is_same_v<T, std::string>)
        return must(value.as_string(), name);
    else if constexpr (std::is_same_v<T, std::vector<std::string>>)
        return texts_of(value, name);
    else if constexpr (std::is_same_v<T, Options>)
        return sub_options(value, option);
    else if constexpr (std::is_same_v<T, std::vector<Options>>) {
        std::vector<Options> all;
        for (const Value& item : must(value.as_list(), name)) all.push_back(sub_options(item, option));
        return all;
    } else {
        if (hides_below(option)) defect(name, "holds secrets: ask for its sub-options");
        if constexpr (std::is_same_v<T, Dict>)
            return must(value.as_dict(), name);
        else if constexpr (std::is_same_v<T, List>)
            return must(value.as_list(), name);
        else
            return value;
    }
}

}  // namespace

Options::Options(Dict values, const ArgumentSpec& spec) : values_(std::move(values)), spec_(&spec) {}

const Value* Options::look_up(std::string_view name, bool secret) const {
    if (spec_of(*spec_, name).hides() != secret)
        defect(name, secret ? "is no secret" : "is a secret: ask for it with secret()");
    const Value* value = values_.find(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

template <class T>
std::optional<T> Options::find(std::string_view name) const {
    const Value* value = look_up(name, false);
    if (value == nullptr) return std::nullopt;
    return converted<T>(*value, spec_of(*spec_, name));
}

template <class T>
T Options::get(std::string_view name) const {
    std::optional<T> value = find<T>(name);
    if (!value) defect(name, "is neither required nor has it a default");
    return std::move(*value);
}

std::optional<Secret> Options::secret(std::string_view name) const {
    const Value* value = look_up(name, true);
    if (value == nullptr) return std::nullopt;
    const bool container = value->as_list() != nullptr || value->as_dict() != nullptr;
    return Secret(container ? ansible::to_json(*value) : ansible::python::str(*value));
}

std::vector<std::pair<std::string, Secret>> Options::secrets(std::string_view name) const {
    std::vector<std::pair<std::string, Secret>> all;
    const Value* value = look_up(name, true);
    if (value == nullptr) return all;
    for (const auto& [key, item] : must(value->as_dict(), name).items())
        if (!item.is_null()) all.emplace_back(key, Secret(ansible::python::str(item)));
    return all;
}

bool Options::given(std::string_view name) const {
    const Value* value = values_.find(spec_of(*spec_, name).name);
    return value != nullptr && !value->is_null();
}

int Options::at_least(std::string_view name, int smallest) const {
    const int number = get<int>(name);
    if (number >= smallest) return number;
    throw Failure{.what = std::string(name),
                  .why = std::to_string(number) + " cannot be meant",
                  .hint = "Give " + std::to_string(smallest) + " or more",
                  .kind = "bad_" + std::string(name),
                  .facts = {}};
}

bool Options::in_spec(std::string_view name) const {
    return spec_->find(name) != nullptr;
}

template std::optional<bool> Options::find<bool>(std::string_view) const;
template std::optional<int> Options::find<int>(std::string_view) const;
template std::optional<std::int64_t> Options::find<std::int64_t>(std::string_view) const;
template std::optional<double> Options::find<double>(std::string_view) const;
template std::optional<std::string> Options::find<std::string>(std::string_view) const;
template std::optional<std::vector<std::string>> Options::find<std::vector<std::string>>(
    std::string_view) const;
template std::optional<Value> Options::find<Value>(std::string_view) const;
template std::optional<Dict> Options::find<Dict>(std::string_view) const;
template std::optional<List> Options::find<List>(std::string_view) const;
template std::optional<Options> Options::find<Options>(std::string_view) const;
template std::optional<std::vector<Options>> Options::find<std::vector<Options>>(std::string_view) const;
template bool Options::get<bool>(std::string_view) const;
template int Options::get<int>(std::string_view) const;
template std::int64_t Options::get<std::int64_t>(std::string_view) const;
template double Options::get<double>(std::string_view) const;
template std::string Options::get<std::string>(std::string_view) const;
template std::vector<std::string> Options::get<std::vector<std::string>>(std::string_view) const;
template Value Options::get<Value>(std::string_view) const;
template Dict Options::get<Dict>(std::string_view) const;
template List Options::get<List>(std::string_view) const;
template Options Options::get<Options>(std::string_view) const;
template std::vector<Options> Options::get<std::vector<Options>>(std::string_view) const;

}  // namespace lago
