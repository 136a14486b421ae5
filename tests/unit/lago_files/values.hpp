// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lago_files/lago_files.hpp"

namespace lago::files {

inline system::Path at(const std::string& text) {
    return system::Path(text, "path");
}

inline Entry an_entry(State state, const std::string& path = "/srv/x") {
    return {.path = at(path), .state = state};
}

inline Entry a_file(Content content, const std::string& path = "/srv/x") {
    Entry entry = an_entry(State::file, path);
    entry.sensitive = std::holds_alternative<Secret>(content);
    entry.content = std::move(content);
    return entry;
}

inline Content secret(std::string_view text) {
    return Secret(text);
}

inline Found nothing(const std::string& path = "/srv/x") {
    return {.real = at(path)};
}

inline Found something(system::FileKind kind, mode_t mode, const std::string& path = "/srv/x") {
    Found found = nothing(path);
    found.attributes.kind = kind;
    found.attributes.mode = mode;
    return found;
}

inline Found file_with(Content content, mode_t mode = 0644, const std::string& path = "/srv/x") {
    Found found = something(system::FileKind::regular, mode, path);
    found.attributes.size = std::visit([](const auto& text) { return text.size(); }, content);
    found.content = std::move(content);
    return found;
}

inline Plan planned(Entry entry, Found found) {
    return make_plan({.entries = {std::move(entry)}}, {.entries = {std::move(found)}});
}

inline std::vector<Step::Kind> kinds(const Plan& plan) {
    std::vector<Step::Kind> list;
    list.reserve(plan.steps.size());
    for (const Step& step : plan.steps) list.push_back(step.kind);
    return list;
}

/// The kind of the Failure that planning ends with; empty where it does not.
inline std::string refusal(Entry entry, Found found) {
    try {
        planned(std::move(entry), std::move(found));
        return "";
    } catch (const Failure& failure) {
        return failure.kind;
    }
}

}  // namespace lago::files
