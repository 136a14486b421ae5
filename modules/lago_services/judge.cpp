// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <utility>

#include "lago_services/lago_services.hpp"

namespace lago::services {

namespace {

using systemd::ActiveState;
using systemd::LoadState;
using Kind = Step::Kind;

// A container that is only being made: its unit has hardly become active.
bool is_just_started(const Desired& desired, const Found& is) {
    return !(is.container && is.container->running) && is.active_for < desired.settle;
}

std::string why_configuration_is_old(const Found& is) {
    if (!is.missing_file.empty()) return is.missing_file + " is not there yet";
    if (!is.config) return {};
    if (!is.container) return "its container is not there";
    if (is.container->config.empty()) return "its container does not say with which configuration it runs";
    return is.container->config == *is.config ? "" : "its configuration changed";
}

// Empty where what runs is what should.
std::string why_to_restart(const Desired& desired, const Service& service, const Found& is) {
    if (service.state == State::restarted || desired.restart == Restart::always) return "asked for";
    if (desired.restart == Restart::never) return {};
    if (is.unit.needs_daemon_reload) return "its unit file changed";
    if (std::string why = why_configuration_is_old(is); !why.empty()) return why;
    const bool image_changed = is.container && !is.container->current_image.empty() &&
                               is.container->current_image != is.container->image_id;
    return image_changed ? "its image changed" : "";
}

Failure refused(const systemd::Unit& unit, std::string why, std::string hint, std::string kind) {
    return {.what = unit.name + " cannot be started",
            .why = std::move(why),
            .hint = std::move(hint),
            .kind = std::move(kind),
            .facts = {{"unit", unit.name}}};
}

bool has_died(const systemd::Unit& unit, const Baseline& baseline) {
    return unit.active == ActiveState::failed || unit.active == ActiveState::inactive ||
           unit.waits_for_restart() || unit.restarts > baseline.restarts ||
           unit.invocation != baseline.invocation;
}

Standing coming(std::string why) {
    return {.kind = Standing::Kind::coming, .why = std::move(why)};
}

}  // namespace

std::optional<Step> decide(const Desired& desired, std::size_t service, const Found& is) {
    const auto step = [&](Kind kind, std::string reason) {
        return Step{.kind = kind, .service = service, .reason = std::move(reason)};
    };
    if (is.unit.waits_for_restart())
        return step(Kind::start, "it died, and systemd waits before it tries again");
    if (is.unit.active == ActiveState::failed) return step(Kind::start, "it failed");
    if (is.unit.active == ActiveState::activating) return step(Kind::wait, "it is being started");
    if (!is.unit.is_active()) return step(Kind::start, "it does not run");
    std::string why = why_to_restart(desired, desired.services[service], is);
    if (why.empty()) return std::nullopt;
    if (is.config && is_just_started(desired, is)) return step(Kind::wait, "its container is being made");
    return step(Kind::restart, std::move(why));
}

std::optional<Failure> refusal_of(const systemd::Unit& unit) {
    switch (unit.load) {
        case LoadState::not_found:
            return refused(unit, "there is no such unit",
                           "Write its file to /etc/systemd/system first, or correct the name",
                           "unit_not_found");
        case LoadState::masked:
            return refused(unit, "it is masked", "Unmask it (systemctl unmask " + unit.name + ")", "masked");
        case LoadState::bad_setting:
        case LoadState::error:
            return refused(unit, unit.load_error.empty() ? "systemd cannot load its file" : unit.load_error,
                           "Correct " +
                               (unit.fragment_path.empty() ? std::string("the file") : unit.fragment_path) +
                               " (systemd-analyze verify says what is wrong with it)",
                           "bad_unit_file");
        case LoadState::loaded:
        case LoadState::other:
            break;
    }
    return std::nullopt;
}

Standing judge(const Service& service, const Found& is, const Baseline& baseline) {
    if (has_died(is.unit, baseline))
        return {.kind = Standing::Kind::dead, .why = "it died: " + state_in_words(is.unit)};
    if (!is.unit.is_active()) return coming("systemd says " + state_in_words(is.unit));
    if (!service.container.empty() && is.container && !is.container->running)
        return coming("its container " + service.container + " does not run");
    return is.healthy == true ? Standing{.kind = Standing::Kind::up} : coming(is.why_unhealthy);
}

}  // namespace lago::services
