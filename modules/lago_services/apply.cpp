// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <thread>
#include <tuple>
#include <utility>

#include "lago/deployment.hpp"
#include "lago_services/lago_services.hpp"

namespace lago::services {

namespace {

using systemd::ActiveState;
using systemd::Verb;
using Clock = std::chrono::system_clock;
using Kind = Step::Kind;

class Work {
public:
    Work(const Desired& desired, const Observed& before, Deadline deadline)
        : desired_(desired),
          before_(before),
          deadline_(deadline),
          found_(before.services),
          started_at_(before.services.size()) {
        for (const Found& is : found_) {
            done_.services.emplace_back();
            baselines_.push_back({.invocation = is.unit.invocation, .restarts = is.unit.restarts});
        }
    }

    Done run(const Plan& plan) {
        try {
            return work_through(plan);
        } catch (Failure& failure) {
            failure.changed = failure.changed || touched_ || done_.reloaded;
            throw;
        }
    }

private:
    Done work_through(const Plan& plan) {
        reload_units(plan);
        for (const Step& step : plan.steps) take(step);
        if (touched_) refresh(which([](const Service&) { return true; }));
        wait_for(which([](const Service& one) { return one.is_to_run(); }));
        for (std::size_t at = 0; at < found_.size(); ++at) finish(at);
        return std::move(done_);
    }

    const Service& service(std::size_t at) const { return desired_.services[at]; }

    template <class Predicate>
    std::vector<std::size_t> which(Predicate is_meant) const {
        std::vector<std::size_t> list;
        for (std::size_t at = 0; at < found_.size(); ++at)
            if (is_meant(service(at))) list.push_back(at);
        return list;
    }

    // ---- what is looked at again

    // Of the units that have been started since `before`, systemd has read the file anew.
    void refresh(const std::vector<std::size_t>& meant) {
        std::vector<std::string> names;
        for (const std::size_t at : meant) names.push_back(service(at).unit);
        const Deadline deadline = for_a_look();
        auto units = systemd::read_units(names, deadline);
        if (!units)
            throw failed(systemd::to_failure(units.error(), "the services cannot be looked at"),
                         meant.front());
        for (std::size_t next = 0; next < meant.size(); ++next) {
            const std::size_t at = meant[next];
            std::optional<docker::ReachError> no_engine;
            found_[at] = look_at(desired_, service(at), std::move(units->at(next)), no_engine, deadline);
            if (!was_started_since(at))
                found_[at].unit.needs_daemon_reload |= before_.services[at].unit.needs_daemon_reload;
        }
    }

    // Not cut short by the deadline: what is seen then is what the failure says.
    Deadline for_a_look() const {
        const Deadline least = a_moment();
        return deadline_.left() > least.left() ? deadline_ : least;
    }

    bool was_started_since(std::size_t at) const {
        return found_[at].unit.invocation != before_.services[at].unit.invocation;
    }

    // ---- the steps

    void reload_units(const Plan& plan) {
        const auto concerned = which([](const Service& one) { return one.is_to_run(); });
        const bool is_missing = std::ranges::any_of(
            concerned, [&](std::size_t at) { return found_[at].unit.load == systemd::LoadState::not_found; });
        if (!plan.reloads() && !is_missing) return;
        if (const auto done = systemd::control(Verb::daemon_reload, {}, deadline_); !done)
            throw failed(systemd::to_failure(done.error(), "systemd cannot read its units anew"),
                         std::nullopt);
        done_.reloaded = true;
        if (concerned.empty()) return;
        refresh(concerned);
        for (const std::size_t at : concerned)
            if (auto refusal = refusal_of(found_[at].unit)) throw failed(std::move(*refusal), at);
    }

    void take(const Step& step) {
        switch (step.kind) {
            case Kind::daemon_reload:
                return;
            case Kind::stop:
                return stop(step.service);
            case Kind::remove_container:
                return remove_container(step.service);
            case Kind::disable:
                return must(Verb::disable, step.service, "cannot be disabled");
            case Kind::enable:
                return enable(step.service);
            case Kind::start:
            case Kind::restart:
            case Kind::follow:
            case Kind::wait:
                return bring_up(step);
        }
    }

    void must(Verb verb, std::size_t at, const std::string& cannot) {
        const auto done = systemd::control(verb, {service(at).unit}, deadline_);
        if (!done) throw failed(systemd::to_failure(done.error(), service(at).unit + " " + cannot), at);
        touched_ = true;
    }

    void note(std::size_t at, Kind action, std::string reason) {
        touched_ = true;
        done_.services[at].action = action;
        done_.services[at].reason = std::move(reason);
    }

    void stop(std::size_t at) {
        must(Verb::stop, at, "cannot be stopped");
        note(at, Kind::stop, "");
        refresh({at});
        // A program that ends with an error when it is told to end has not failed.
        if (found_[at].unit.active != ActiveState::failed) return;
        must(Verb::reset_failed, at, "stays in systemd's list of what failed");
        refresh({at});
    }

    void remove_container(std::size_t at) {
        const std::string& name = service(at).container;
        const auto removed = desired_.engine.remove("/containers/" + name + "?force=1", deadline_);
        constexpr int not_found = 404;  // its unit has removed it
        if (!removed && removed.error().status != not_found)
            throw failed(docker::to_failure(removed.error(), "the container " + name + " cannot be removed"),
                         at);
        if (done_.services[at].action != Kind::stop) note(at, Kind::remove_container, "");
        found_[at].container.reset();
    }

    // Only now is known whether a unit that was not there before can be enabled.
    void enable(std::size_t at) {
        const std::string& state = found_[at].unit.unit_file_state;
        if (state == "static" || state == "generated" || state == "indirect") return;
        must(Verb::enable, at, "cannot be enabled");
    }

    void bring_up(const Step& planned) {
        const std::size_t at = planned.service;
        if (touched_ || planned.kind == Kind::wait) await_jobs(at);
        if (was_started_since(at) && !has_ended(at)) {
            // By systemd: along with another one that it requires, or because the wait for its restart is
            // over.
            if (planned.kind != Kind::wait) note(at, planned.kind, planned.reason);
            rebase(at, before_.services[at].unit.waits_for_restart());
        } else {
            auto step = decide(desired_, at, found_[at]);
            if (step && step->kind == Kind::wait) {
                await_end_of_start(at);
                step = decide(desired_, at, found_[at]);
            }
            if (!step || step->kind == Kind::wait) return;
            if (planned.kind != Kind::wait) step->reason = planned.reason;
            begin(*step);
        }
        if (service(at).health) wait_for({at});
    }

    bool has_ended(std::size_t at) const {
        const systemd::Unit& unit = found_[at].unit;
        return unit.waits_for_restart() || !(unit.is_active() || unit.active == ActiveState::activating);
    }

    // A start that somebody else began is not interrupted. How it ends is for the caller to see.
    void await_jobs(std::size_t at) {
        refresh({at});
        const systemd::Unit& unit = found_[at].unit;
        if (!unit.job_pending && unit.active != ActiveState::activating) return;
        if (unit.waits_for_restart()) return;
        const auto done = systemd::control(Verb::start, {service(at).unit}, deadline_);
        if (!done && done.error().kind == systemd::Error::Kind::timeout) throw not_up_in_time(at);
        refresh({at});
    }

    // Until it is up, or has died with what it was started with.
    void await_end_of_start(std::size_t at) {
        while (judge(service(at), found_[at], baselines_[at]).kind == Standing::Kind::coming) {
            if (deadline_.passed()) throw not_up_in_time(at);
            pause_and_look({at}, std::chrono::milliseconds(200));
        }
    }

    void begin(const Step& step) {
        const std::size_t at = step.service;
        const bool waits = found_[at].unit.waits_for_restart();
        started_at_[at] = Clock::now();
        note(at, step.kind, step.reason);
        // Else one that died too often is refused, whatever was corrected meanwhile.
        if (found_[at].unit.active == ActiveState::failed)
            std::ignore = systemd::control(Verb::reset_failed, {service(at).unit}, deadline_);
        // systemd leaves a `start` of what waits for its restart until then.
        ask_to_run(step.kind == Kind::restart || waits ? Verb::restart : Verb::start, at);
        refresh({at});
        rebase(at, waits);
    }

    // systemd counts the restarts that are its own; of what waited for one, that may have come first.
    void rebase(std::size_t at, bool waited) {
        baselines_[at] = {.invocation = found_[at].unit.invocation,
                          .restarts = waited ? found_[at].unit.restarts : 0};
    }

    void ask_to_run(Verb verb, std::size_t at) {
        const auto done = systemd::control(verb, {service(at).unit}, deadline_);
        if (done) return;
        if (done.error().kind == systemd::Error::Kind::timeout) throw not_up_in_time(at);
        if (done.error().kind != systemd::Error::Kind::refused)
            throw failed(systemd::to_failure(done.error(), service(at).unit + " is not started"), at);
        throw did_not_start(at, done.error().why);
    }

    // ---- waiting

    void wait_for(std::vector<std::size_t> waiting) {
        constexpr std::chrono::milliseconds longest(500);
        for (std::chrono::milliseconds pause(50);; pause = std::min(pause * 2, longest)) {
            std::erase_if(waiting, [&](std::size_t at) { return is_up(at); });
            if (waiting.empty()) return;
            if (deadline_.passed()) throw not_up_in_time(waiting.front());
            pause_and_look(waiting, pause);
        }
    }

    void pause_and_look(const std::vector<std::size_t>& meant, std::chrono::milliseconds pause) {
        std::this_thread::sleep_for(std::min(pause, deadline_.left()));
        refresh(meant);
    }

    bool is_up(std::size_t at) const {
        const Standing standing = judge(service(at), found_[at], baselines_[at]);
        if (standing.kind == Standing::Kind::dead) throw died(at, standing.why);
        return standing.kind == Standing::Kind::up;
    }

    void finish(std::size_t at) {
        const Found& is = found_[at];
        ServiceDone& done = done_.services[at];
        done.now = is;
        const bool started = done.action == Kind::start || done.action == Kind::restart;
        if (started && is.config && !(is.container && is.container->config == *is.config))
            done_.warnings.push_back(service(at).unit + ": its container has no label " +
                                     std::string(facts::config_label) + "=" + *is.config +
                                     ", so that each run restarts it. Its unit has to create it with that "
                                     "label, or config_files names other files than the unit does");
    }

    // ---- failures

    Failure did_not_start(std::size_t at, const std::string& words) {
        look_for_the_last_time(at);
        return failed({.what = service(at).unit + " does not start",
                       .why = "systemd says " + state_in_words(found_[at].unit) + "; " + words,
                       .hint = {},
                       .kind = "start_failed",
                       .facts = {}},
                      at);
    }

    Failure died(std::size_t at, const std::string& why) const {
        return failed({.what = service(at).unit + " does not stay up",
                       .why = why,
                       .hint = {},
                       .kind = "died",
                       .facts = {}},
                      at);
    }

    Failure not_up_in_time(std::size_t at) {
        look_for_the_last_time(at);
        return failed(late(service(at), found_[at]), at);
    }

    void look_for_the_last_time(std::size_t at) {
        const auto units = systemd::read_units({service(at).unit}, a_moment());
        if (units) found_[at].unit = units->front();
    }

    // With what was done so far, and the unit's last lines.
    Failure failed(Failure failure, std::optional<std::size_t> at) const {
        List services;
        for (std::size_t one = 0; one < found_.size(); ++one) {
            ServiceDone done = done_.services[one];
            done.now = found_[one];
            services.emplace_back(describe(service(one), done));
        }
        failure.facts.set("services", std::move(services));
        failure.facts.set("daemon_reloaded", done_.reloaded);
        if (at) explain(failure, desired_, service(*at), found_[*at].unit, started_at_[*at]);
        return failure;
    }

    const Desired& desired_;
    const Observed& before_;
    Deadline deadline_;
    Done done_;
    std::vector<Found> found_;
    std::vector<Baseline> baselines_;
    std::vector<std::optional<Clock::time_point>> started_at_;
    bool touched_ = false;
};

}  // namespace

Done apply(const Desired& desired, const Observed& before, const Plan& plan, Deadline deadline) {
    return Work(desired, before, deadline).run(plan);
}

}  // namespace lago::services
