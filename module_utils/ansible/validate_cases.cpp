// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "ansible/json.hpp"
#include "ansible/process.hpp"
#include "ansible/python.hpp"
#include "ansible/run.hpp"
#include "core/secret.hpp"

namespace lago::ansible {

namespace {

// Environment variables for one case; what was there before comes back.
class Environment {
public:
    explicit Environment(const Value* variables) {
        if (variables == nullptr || variables->as_dict() == nullptr) return;
        for (const auto& [name, value] : variables->as_dict()->items()) {
            const char* before = std::getenv(name.c_str());
            before_.emplace_back(name, before == nullptr ? std::nullopt : std::optional<std::string>(before));
            ::setenv(name.c_str(), python::str(value).c_str(), 1);
        }
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
    ~Environment() {
        for (const auto& [name, value] : before_) {
            if (value)
                ::setenv(name.c_str(), value->c_str(), 1);
            else
                ::unsetenv(name.c_str());
        }
    }

private:
    std::vector<std::pair<std::string, std::optional<std::string>>> before_;
};

Dict dict_at(const Dict& dict, std::string_view key) {
    const Value* value = dict.find(key);
    return value == nullptr || value->as_dict() == nullptr ? Dict() : *value->as_dict();
}

Answer answer_to(const Dict& input) {
    const Environment environment(input.find("env"));
    const ModuleSpec spec = ModuleSpec::from(dict_at(input, "spec"), dict_at(input, "kwargs"));
    // The name is the one that AnsibleModule takes from its own file.
    Session session(spec, "basic.py", Session::Hide::as_sent);
    const Dict params = dict_at(input, "params");
    if (auto over = session.start(params)) return *over;
    const Value* check_mode = params.find("_ansible_check_mode");
    const bool is_null = check_mode != nullptr && check_mode->is_null();  // None stays None
    Dict result{{"params", session.parameters()},
                {"check_mode", is_null ? Value() : Value(session.internals().check_mode)}};
    for (const auto& [key, value] : dict_at(input, "result").items()) result.set(key, value);
    return session.exit(std::move(result));
}

Answer answer_or_failure(const Dict& input) {
    try {
        return answer_to(input);
    } catch (const std::exception& problem) {
        return {"\n" + to_json(Dict{{"failed", true}, {"msg", problem.what()}}) + "\n", 1};
    }
}

}  // namespace

std::string validate_case(const std::string& line) {
    const auto input = parse_json(line);
    Dict output;
    if (!input || input->as_dict() == nullptr) {
        output.set("id", nullptr);
        output.set("rc", 1);
        output.set(
            "stdout",
            "\n" + to_json(Dict{{"failed", true}, {"msg", "a case is one JSON object a line"}}) + "\n");
        return to_json(output);
    }
    const Value* id = input->as_dict()->find("id");
    Answer answer = answer_or_failure(*input->as_dict());
    secrets::wipe();
    output.set("id", id == nullptr ? Value() : *id);
    output.set("rc", answer.code);
    output.set("stdout", std::move(answer.text));
    return to_json(output);
}

void validate_cases(int input, int output) {
    std::string pending;
    std::array<char, 65536> buffer{};
    for (ssize_t count = ::read(input, buffer.data(), buffer.size()); count > 0;
         count = ::read(input, buffer.data(), buffer.size())) {
        pending.append(buffer.data(), static_cast<std::size_t>(count));
        std::size_t start = 0;
        for (std::size_t end = pending.find('\n'); end != pending.npos; end = pending.find('\n', start)) {
            if (end > start) write_all(output, validate_case(pending.substr(start, end - start)) + "\n");
            start = end + 1;
        }
        pending.erase(0, start);
    }
    if (!pending.empty()) write_all(output, validate_case(pending) + "\n");
}

}  // namespace lago::ansible
