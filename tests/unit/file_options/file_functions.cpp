// SPDX-License-Identifier: GPL-3.0-or-later

// Runs one file function on {"function", "path", …}, one JSON object a line on stdin, and prints its result a
// line. tests/oracle/file_driver.py is its twin with the functions of AnsibleModule.

#include <cstdio>
#include <iostream>
#include <string>

#include "ansible/argument_spec.hpp"
#include "ansible/file_options.hpp"
#include "ansible/json.hpp"
#include "core/failure.hpp"
#include "system/attributes.hpp"
#include "system/write.hpp"

namespace lago {
namespace {

std::string text_of(const Dict& request, std::string_view key) {
    const Value* value = request.find(key);
    const std::string* text = value == nullptr ? nullptr : value->as_string();
    return text == nullptr ? "" : *text;
}

template <class T>
T must(std::expected<T, system::SystemError> result) {
    if (!result) throw system::failure_of(result.error());
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// As a module does it: look, decide, set.
Dict set_attributes(const system::Path& path, const Dict& request) {
    const auto spec = ansible::ModuleSpec::from(Dict{}, Dict{{"add_file_common_args", true}});
    const Value* asked = request.find("params");
    const auto options = ansible::FileOptions::from(Options(*asked->as_dict(), spec.arguments), path);
    const auto before = must(system::read_attributes(path, false));
    const auto after = options.wanted(before, before.mode);
    const auto ownership = options.ownership(before, before.mode);
    const DiffPart diff = ansible::attribute_diff(path, before, after);
    must(system::set_ownership(path, ownership));
    return {{"changed", ownership != system::Ownership{}}, {"before", diff.before}, {"after", diff.after}};
}

Dict answer(const Dict& request) {
    const system::Path path(text_of(request, "path"), "path");
    const std::string function = text_of(request, "function");
    if (function == "set_attributes") return set_attributes(path, request);
    if (function == "replace") {
        must(system::replace_file(path, text_of(request, "content"), {}));
        return {};
    }
    if (function == "backup") return {{"backup", must(system::back_up(path)).string()}};
    if (function == "path_info") {
        Dict info;
        ansible::add_path_info(info, path);
        return info;
    }
    throw Failure{.what = "unknown function " + function};
}

Dict answer_or_failure(const Dict& request) {
    try {
        return answer(request);
    } catch (const Failure& failure) {
        return {{"failed", true}, {"msg", failure.what + (failure.why.empty() ? "" : ": " + failure.why)}};
    }
}

}  // namespace
}  // namespace lago

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        const auto request = lago::ansible::parse_json(line);
        if (!request || request->as_dict() == nullptr) return 1;
        std::cout << lago::ansible::to_json(lago::answer_or_failure(*request->as_dict())) << std::endl;
    }
}
