// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <utility>

#include "lago_services/lago_services.hpp"

namespace lago::services {

namespace {

using Kind = Step::Kind;

std::string_view word(Kind action) {
    switch (action) {
        case Kind::start:
            return "start";
        case Kind::restart:
        case Kind::follow:
            return "restart";
        case Kind::stop:
            return "stop";
        case Kind::remove_container:
            return "remove";
        case Kind::daemon_reload:
        case Kind::disable:
        case Kind::enable:
        case Kind::wait:
            break;
    }
    return "none";
}

bool is_action(const Step& step) {
    return word(step.kind) != "none";
}

// What a check foresees of a service: the first thing that would be done for it, and how it would then be.
ServiceDone foreseen(const Plan& plan, std::size_t at) {
    ServiceDone done;
    const auto step = std::ranges::find_if(
        plan.steps, [&](const Step& one) { return one.service == at && is_action(one); });
    if (step != plan.steps.end()) {
        done.action = step->kind;
        done.reason = step->reason;
    }
    done.now = plan.after.services[at];
    if (step != plan.steps.end()) done.now->unit.sub_state.clear();
    return done;
}

Dict state_of(const Found& is) {
    Dict dict{{"active_state", systemd::word(is.unit.active)}, {"enabled", is.unit.is_enabled()}};
    if (is.container && !is.container->config.empty()) dict.set("config", is.container->config);
    if (is.container) dict.set("image_id", is.container->image_id);
    return dict;
}

Diff diff_of(const Desired& desired, const Observed& before, const Plan& plan) {
    Diff diff;
    for (std::size_t at = 0; at < desired.services.size(); ++at) {
        const auto concerns = [&](const Step& step) {
            return step.service == at && step.kind != Kind::wait && step.kind != Kind::daemon_reload;
        };
        if (std::ranges::none_of(plan.steps, concerns)) continue;
        const std::string& unit = desired.services[at].unit;
        diff.parts.push_back({.before = state_of(before.services[at]),
                              .after = state_of(plan.after.services[at]),
                              .before_header = unit,
                              .after_header = unit});
    }
    return diff;
}

}  // namespace

Dict describe(const Service& service, const ServiceDone& done) {
    Dict dict{{"name", service.unit}, {"action", word(done.action)}};
    if (!done.reason.empty()) dict.set("reason", done.reason);
    if (!done.now) return dict;
    const Found& now = *done.now;
    dict.set("active_state", systemd::word(now.unit.active));
    if (!now.unit.sub_state.empty()) dict.set("sub_state", now.unit.sub_state);
    dict.set("enabled", now.unit.is_enabled());
    if (now.healthy) dict.set("healthy", *now.healthy);
    if (!now.container) return dict;
    dict.set("image", now.container->image_name);
    dict.set("image_id", now.container->image_id);
    return dict;
}

Result report(const Desired& desired, const Observed& before, const Plan& plan, const Done& done) {
    const auto was_acted_on = [](const ServiceDone& one) { return word(one.action) != "none"; };
    const bool changed = plan.changed() || done.reloaded || std::ranges::any_of(done.services, was_acted_on);
    Result result{.changed = changed, .returned = {}, .diff = Diff{}, .warnings = done.warnings};
    List services;
    for (std::size_t at = 0; at < desired.services.size(); ++at)
        services.emplace_back(
            describe(desired.services[at], desired.check_mode ? foreseen(plan, at) : done.services[at]));
    const bool reloads = plan.reloads();
    result.returned.set("daemon_reloaded", desired.check_mode ? reloads : done.reloaded);
    result.returned.set("services", std::move(services));
    result.diff = diff_of(desired, before, plan);
    if (!desired.check_mode) return result;
    if (before.no_systemd)
        result.warnings.push_back("The services would be started: " + before.no_systemd->why);
    return result;
}

}  // namespace lago::services
