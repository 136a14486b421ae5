// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <ranges>
#include <utility>

#include "lago_services/lago_services.hpp"

namespace lago::services {

namespace {

using systemd::ActiveState;
using systemd::LoadState;
using Kind = Step::Kind;

// Those that `enable` can do something for; a static or generated unit has nothing to enable.
bool can_be_enabled(const systemd::Unit& unit) {
    constexpr std::array states = {"", "disabled", "linked", "linked-runtime", "enabled-runtime"};
    return std::ranges::find(states, unit.unit_file_state) != states.end();
}

bool follows(const systemd::Unit& unit, const std::string& other) {
    return std::ranges::find(unit.follows, other) != unit.follows.end();
}

void refuse_what_cannot_run(const Desired& desired, const Service& service, const Found& is) {
    if (is.unit.load != LoadState::not_found && !is.unit.needs_daemon_reload)
        if (auto refusal = refusal_of(is.unit)) throw std::move(*refusal);
    if (!is.missing_file.empty() && !desired.check_mode)
        throw Failure{.what = service.unit + " is not started",
                      .why = "its configuration " + is.missing_file + " is not there",
                      .hint = "Write it first, or correct config_files",
                      .kind = "config_missing",
                      .facts = {{"unit", service.unit}, {"path", is.missing_file}}};
}

// What runs cannot be compared when nobody says what runs.
void refuse_without_engine(const Desired& desired, const Observed& before) {
    if (!before.no_engine || (desired.check_mode && before.no_engine->not_there_yet())) return;
    for (std::size_t at = 0; at < before.services.size(); ++at) {
        const Service& service = desired.services[at];
        const systemd::Unit& unit = before.services[at].unit;
        const bool is_denied = before.no_engine->kind == docker::ReachError::Kind::engine_denied;
        if (!service.is_to_run() || service.container.empty() || !(unit.is_active() || is_denied)) continue;
        Failure failure = docker::to_failure(*before.no_engine,
                                             "the container of " + service.unit + " cannot be looked at");
        failure.facts.set("unit", service.unit);
        throw failure;
    }
}

class Planner {
public:
    Planner(const Desired& desired, const Observed& before) : desired_(desired), before_(before) {
        plan_.after = before;
    }

    Plan make() {
        plan_reload();
        for (std::size_t at = count(); at-- > 0;)
            if (!desired_.services[at].is_to_run()) plan_end(at);
        for (std::size_t at = 0; at < count(); ++at) plan_enabling(at);
        std::vector<std::optional<Step>> starts(count());
        for (std::size_t at = 0; at < count(); ++at)
            if (desired_.services[at].is_to_run()) starts[at] = decide(desired_, at, before_.services[at]);
        follow_restarts(starts);
        for (auto& step : starts | std::views::filter([](const auto& one) { return one.has_value(); })) {
            foresee_running(step->service);
            add(std::move(*step));
        }
        return std::move(plan_);
    }

private:
    std::size_t count() const { return desired_.services.size(); }
    void add(Step step) { plan_.steps.push_back(std::move(step)); }

    void plan_reload() {
        const auto needs_it = [](const Found& is) { return is.unit.needs_daemon_reload; };
        if (std::ranges::none_of(before_.services, needs_it)) return;
        add({.kind = Kind::daemon_reload});
        for (Found& after : plan_.after.services) after.unit.needs_daemon_reload = false;
    }

    void plan_end(std::size_t at) {
        const Service& service = desired_.services[at];
        const Found& is = before_.services[at];
        Found& after = plan_.after.services[at];
        const bool is_down = is.unit.active == ActiveState::inactive || is.unit.active == ActiveState::failed;
        if (!is_down) add({.kind = Kind::stop, .service = at});
        if (!is_down) after.unit.active = ActiveState::inactive;
        if (service.state != State::absent || !is.container) return;
        add({.kind = Kind::remove_container, .service = at});
        after.container.reset();
    }

    void plan_enabling(std::size_t at) {
        const Service& service = desired_.services[at];
        const systemd::Unit& unit = before_.services[at].unit;
        const bool should_be = service.enabled && service.state != State::absent;
        if (!should_be && unit.is_enabled()) add({.kind = Kind::disable, .service = at});
        const bool is_to_come = unit.load == LoadState::not_found && !service.is_to_run();
        const bool enables = should_be && !is_to_come && can_be_enabled(unit);
        if (enables) add({.kind = Kind::enable, .service = at});
        if (enables || (!should_be && unit.is_enabled()))
            plan_.after.services[at].unit.unit_file_state = should_be ? "enabled" : "disabled";
    }

    // systemd restarts what is active and requires a unit that is restarted.
    void follow_restarts(std::vector<std::optional<Step>>& starts) const {
        for (bool found = true; std::exchange(found, false);)
            for (std::size_t at = 0; at < count(); ++at) {
                const systemd::Unit& unit = before_.services[at].unit;
                if (starts[at] || !desired_.services[at].is_to_run() || !unit.is_active()) continue;
                const auto first = std::ranges::find_if(starts, [&](const auto& step) {
                    return step && (step->kind == Kind::restart || step->kind == Kind::follow) &&
                           follows(unit, desired_.services[step->service].unit);
                });
                if (first == starts.end()) continue;
                starts[at] = Step{.kind = Kind::follow,
                                  .service = at,
                                  .reason = "with " + desired_.services[(*first)->service].unit};
                found = true;
            }
    }

    void foresee_running(std::size_t at) {
        Found& after = plan_.after.services[at];
        after.unit.active = ActiveState::active;
        after.healthy.reset();
        if (!after.container) return;
        if (after.config) after.container->config = *after.config;
        if (!after.container->current_image.empty())
            after.container->image_id = after.container->current_image;
    }

    const Desired& desired_;
    const Observed& before_;
    Plan plan_;
};

}  // namespace

bool Plan::changed() const {
    return std::ranges::any_of(steps, [](const Step& step) { return step.kind != Kind::wait; });
}

bool Plan::reloads() const {
    return std::ranges::find(steps, Kind::daemon_reload, &Step::kind) != steps.end();
}

Plan make_plan(const Desired& desired, const Observed& before) {
    for (std::size_t at = 0; at < desired.services.size(); ++at)
        if (desired.services[at].is_to_run())
            refuse_what_cannot_run(desired, desired.services[at], before.services[at]);
    refuse_without_engine(desired, before);
    return Planner(desired, before).make();
}

}  // namespace lago::services
