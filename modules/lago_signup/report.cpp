// SPDX-License-Identifier: GPL-3.0-or-later
#include <map>

#include "lago_signup/lago_signup.hpp"

namespace lago::signup {

namespace {

Value text_or_null(const std::optional<std::string>& text) {
    return text ? Value(*text) : Value();
}

Dict variable(const Desired& desired, const Switch& change) {
    List overridden;
    for (const std::size_t line : change.overridden) overridden.emplace_back(static_cast<std::int64_t>(line));
    return {{"path", desired.targets[change.target].path.string()},
            {"name", change.name},
            {"before", text_or_null(change.before)},
            {"after", text_or_null(change.after)},
            {"line", static_cast<std::int64_t>(change.line)},
            {"overridden_lines", std::move(overridden)}};
}

// The lines of our own variables, a part for each file that changes; nothing else of a file is ever shown.
std::optional<Diff> diff(const Desired& desired, const Plan& plan) {
    std::map<std::size_t, DiffPart> parts;
    for (const Switch& change : plan.switches) {
        if (change.diff_before == change.diff_after) continue;
        auto [at, fresh] = parts.try_emplace(change.target);
        const std::string path = desired.targets[change.target].path.string();
        if (fresh) at->second = {.before = "", .after = "", .before_header = path, .after_header = path};
        *at->second.before.as_string() += change.diff_before;
        *at->second.after.as_string() += change.diff_after;
    }
    if (parts.empty()) return std::nullopt;
    Diff made;
    for (auto& [target, part] : parts) made.parts.push_back(std::move(part));
    return made;
}

}  // namespace

Result report(const Desired& desired, const Plan& plan, const Done& done) {
    Result result{.changed = plan.changed(), .diff = diff(desired, plan), .warnings = plan.warnings};
    List variables;
    for (const Switch& change : plan.switches) variables.emplace_back(variable(desired, change));
    result.returned.set("variables", std::move(variables));
    result.returned.set("restart_required", plan.restart_required);
    if (plan.after.api) add_side(result.returned, "api", *plan.after.api);
    if (plan.after.front) add_side(result.returned, "front", *plan.after.front);
    if (!plan.after.connection.empty()) result.returned.set("connection", plan.after.connection);
    if (desired.backup && !done.backups.empty()) {
        Dict backups;
        for (const auto& [file, copy] : done.backups) backups.set(file, copy);
        result.returned.set("backup_files", std::move(backups));
    }
    return result;
}

}  // namespace lago::signup
