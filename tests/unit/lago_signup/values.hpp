// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <initializer_list>
#include <string>

#include "lago_signup/lago_signup.hpp"

// What the tests of this folder are made of.
namespace lago::signup::tests {

inline Target env_file(Target::Kind kind, const std::string& path = "/mash/lago/env") {
    std::vector<std::string> names{"LAGO_DISABLE_SIGNUP"};
    if (kind == Target::Kind::api_env) names.emplace_back("LAGO_SIGNUP_DISABLED");
    return {kind, system::Path(path, "env_files"), names};
}

inline Target vars_file() {
    return {Target::Kind::vars, system::Path("/inventory/vars.yml", "vars_file"), {"x_disable_signup"}};
}

inline ObservedFile holding(const Target& target, std::string content) {
    return {.exists = true, .real = target.path, .content = std::move(content)};
}

inline Desired wanting(std::optional<State> state, std::vector<Target> targets = {}) {
    return {.state = state, .targets = std::move(targets)};
}

inline Verdict saying(Openness openness) {
    return {.openness = openness, .reason = "stand-in", .answered = true};
}

}  // namespace lago::signup::tests
