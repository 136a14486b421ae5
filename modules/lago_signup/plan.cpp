// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/failure.hpp"
#include "lago_signup/lago_signup.hpp"
#include "text/env_file.hpp"
#include "text/yaml_scalar.hpp"

namespace lago::signup {

namespace {

std::string switch_value(State state) {
    return state == State::disabled ? "true" : "false";
}

Failure not_changed(const Target& target, const std::string& why, std::string kind, std::string hint = {}) {
    return {.what = target.path.string() + " is left as it is",
            .why = why,
            .hint = std::move(hint),
            .kind = std::move(kind),
            .facts = {{"path", target.path.string()}}};
}

std::string assignment(const std::string& name, const std::optional<std::string>& value) {
    return value ? name + "=" + *value + "\n" : std::string();
}

// True where the variable does not have to be touched for `state`.
bool env_is_as_asked(const std::optional<text::EnvVariable>& found, State state) {
    if (!found) return state == State::enabled;
    return found->value == switch_value(state);
}

Switch plan_variable(const Target& target, const std::string& name, State state, std::string& content) {
    const auto found = text::find_variable(content, name);
    if (!found) throw not_changed(target, found.error().message, "env_file");
    Switch out{.name = name};
    if (*found) {
        out.before = (*found)->value;
        out.line = (*found)->line;
        out.overridden = (*found)->overridden;
    }
    out.after = out.before;
    const bool bare = *found && !out.before;
    out.diff_before = bare ? name + "\n" : assignment(name, out.before);
    out.diff_after = out.diff_before;
    if (env_is_as_asked(*found, state)) return out;
    auto changed = text::set_variable(content, name, switch_value(state));
    if (!changed) throw not_changed(target, changed.error().message, "env_file");
    content = std::move(*changed);
    out.after = switch_value(state);
    out.diff_after = assignment(name, out.after);
    if (out.line == 0) out.line = (*text::find_variable(content, name))->line;
    return out;
}

std::string_view kind_of(text::YamlError::Kind kind) {
    using Kind = text::YamlError::Kind;
    switch (kind) {
        case Kind::encrypted:
            return "vault";
        case Kind::not_found:
            return "variable_not_found";
        case Kind::duplicate:
            return "duplicate_variable";
        case Kind::template_:
            return "template";
        default:
            return "yaml";
    }
}

Failure yaml_failure(const Target& target, const text::YamlError& error, State state) {
    const std::string line = target.names.front() + ": " + switch_value(state);
    return not_changed(target, error.message, std::string(kind_of(error.kind)),
                       "Write the line \"" + line + "\" yourself");
}

Switch plan_scalar(const Target& target, State state, std::string& content) {
    const std::string& name = target.names.front();
    const auto found = text::find_scalar(content, name);
    if (!found) throw yaml_failure(target, found.error(), state);
    if (!text::yaml_boolean(found->value))
        throw not_changed(target, "the value of " + name + " is neither true nor false", "not_a_boolean",
                          "Is vars_name the name of the switch?");
    const auto shown = [&](std::string_view text) { return name + ": " + std::string(text) + "\n"; };
    Switch out{.name = name, .before = found->value, .after = found->value, .line = found->line};
    out.diff_before = shown(std::string_view(content).substr(found->begin, found->size));
    out.diff_after = out.diff_before;
    if (found->plain && text::yaml_boolean(found->value) == (state == State::disabled)) return out;
    auto changed = text::replace_scalar(content, name, switch_value(state));
    if (!changed) throw yaml_failure(target, changed.error(), state);
    content = std::move(*changed);
    out.after = switch_value(state);
    out.diff_after = shown(*out.after);
    return out;
}

Failure file_mismatch(const Target& target, const Switch& found, State state) {
    const std::string place =
        target.path.string() + (found.line == 0 ? "" : " line " + std::to_string(found.line));
    const std::string value =
        found.before ? found.name + " is " + *found.before : found.name + " has no value";
    return {.what = place + " does not say that sign-up is " +
                    std::string(state == State::disabled ? "disabled" : "enabled"),
            .why = value,
            .hint = found.overridden.empty() ? "Correct what writes the file, or let this module change it"
                                             : "It is the last of several lines of that name, and holds. "
                                               "Remove it from what writes the file",
            .kind = "signup_mismatch",
            .facts = {{"path", target.path.string()}, {"line", static_cast<std::int64_t>(found.line)}}};
}

// `change_files: false`. In check mode an earlier task may still have to change the file.
void keep_as_it_is(const Desired& desired, std::size_t index, const std::string& before, Plan& plan) {
    plan.after.files[index].content = before;
    for (Switch& planned : plan.switches) {
        if (planned.target != index || planned.diff_before == planned.diff_after) continue;
        if (planned.diff_before.empty()) planned.line = 0;  // it was to be added
        const Failure failure = file_mismatch(desired.targets[index], planned, *desired.state);
        if (!desired.check_mode && desired.mismatch == Mismatch::fail) throw failure;
        plan.warnings.push_back(failure.what + ": " + failure.why);
        planned.after = planned.before;
        planned.diff_after = planned.diff_before;
    }
}

void plan_file(const Desired& desired, std::size_t index, Plan& plan) {
    const Target& target = desired.targets[index];
    ObservedFile& file = plan.after.files[index];
    if (!file.exists) {
        if (!desired.check_mode)
            throw not_changed(target, "there is no such file", "not_found",
                              "Deploy Lago first, or correct the path");
        plan.warnings.push_back(target.path.string() + " is not there yet");
        plan.would_change = desired.change_files;
        return;
    }
    const std::string before = file.content;
    for (const std::string& name : target.names) {
        Switch planned = target.kind == Target::Kind::vars
                             ? plan_scalar(target, *desired.state, file.content)
                             : plan_variable(target, name, *desired.state, file.content);
        planned.target = index;
        if (!planned.overridden.empty())
            plan.warnings.push_back(target.path.string() + " sets " + name + " " +
                                    std::to_string(planned.overridden.size() + 1) +
                                    " times; only the last line has an effect");
        plan.switches.push_back(std::move(planned));
    }
    if (file.content == before) return;
    if (desired.change_files)
        plan.steps.push_back({*file.real, file.content});
    else
        keep_as_it_is(desired, index, before, plan);
}

Openness openness_of(State state) {
    return state == State::disabled ? Openness::closed : Openness::open;
}

Failure mismatch(const std::string& side, const Verdict& verdict, State state) {
    const std::string wanted(word(openness_of(state)));
    const bool unknown = verdict.openness == Openness::unknown;
    Dict facts;
    add_side(facts, side, verdict);
    return {
        .what = unknown ? "it is not known whether sign-up is " + wanted + " (" + side + ")"
                        : "sign-up is " + std::string(word(verdict.openness)) + ", not " + wanted + " (" +
                              side + ")",
        .why = verdict.reason,
        .hint = unknown ? "" : "Set the switch in the env file and restart the service",
        .kind = verdict.error_kind.empty() ? (unknown ? "unproven" : "signup_mismatch") : verdict.error_kind,
        .facts = std::move(facts)};
}

void check_side(const Desired& desired, const std::string& side, const std::optional<Verdict>& verdict,
                Plan& plan) {
    if (!verdict || !desired.state || verdict->openness == openness_of(*desired.state)) return;
    if (plan.changed() && verdict->openness != Openness::unknown) plan.restart_required = true;
    if (plan.changed() || desired.mismatch == Mismatch::report) return;
    if (desired.check_mode && verdict->not_there_yet) return;
    throw mismatch(side, *verdict, *desired.state);
}

}  // namespace

Plan make_plan(const Desired& desired, const Observed& before) {
    Plan plan{.after = before};
    if (desired.state)
        for (std::size_t index = 0; index < desired.targets.size(); ++index) plan_file(desired, index, plan);
    check_side(desired, "api", before.api, plan);
    check_side(desired, "front", before.front, plan);
    for (const auto* verdict : {&before.api, &before.front})
        if (*verdict && (*verdict)->not_there_yet) plan.warnings.push_back((*verdict)->reason);
    return plan;
}

}  // namespace lago::signup
