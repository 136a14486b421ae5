// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch_test_macros.hpp>

#include "core/failure.hpp"
#include "services.hpp"

using namespace lago;
using namespace lago::services;
using namespace lago::services::tests;
using systemd::ActiveState;
using systemd::LoadState;
using Kind = Step::Kind;

namespace {

Observed seen(std::vector<Found> services) {
    Observed observed;
    observed.services = std::move(services);
    return observed;
}

Desired one(State state = State::started, Restart restart = Restart::by_state) {
    return desired({service("api", [&](Service& made) { made.state = state; })}, restart);
}

std::vector<Kind> kinds(const Desired& wanted, const Found& is) {
    std::vector<Kind> list;
    for (const Step& step : make_plan(wanted, seen({is})).steps) list.push_back(step.kind);
    return list;
}

Failure failure_of(const Desired& wanted, const Observed& is) {
    try {
        make_plan(wanted, is);
    } catch (const Failure& failure) {
        return failure;
    }
    FAIL("no Failure");
    return {};
}

std::string reason_of(const Found& is) {
    const Plan plan = make_plan(one(), seen({is}));
    return plan.steps.empty() ? "" : plan.steps.back().reason;
}

using Kinds = std::vector<Kind>;

}  // namespace

TEST_CASE("a unit that is not there yet is enabled and started, ended ones are none", "[services][plan]") {
    CHECK(kinds(one(), missing("api")) == Kinds{Kind::enable, Kind::start});
    CHECK(kinds(one(State::restarted), missing("api")) == Kinds{Kind::enable, Kind::start});
    CHECK(kinds(one(State::stopped), missing("api")).empty());
    CHECK(kinds(one(State::absent), missing("api")).empty());
}

TEST_CASE("a unit that cannot be loaded is refused, but can be taken down", "[services][plan]") {
    const auto loaded_as = [](LoadState load) {
        return running("api", [&](Found& is) { is.unit.load = load; });
    };
    CHECK(failure_of(one(), seen({loaded_as(LoadState::masked)})).kind == "masked");
    CHECK(failure_of(one(), seen({loaded_as(LoadState::bad_setting)})).kind == "bad_unit_file");
    CHECK(failure_of(one(State::restarted), seen({loaded_as(LoadState::error)})).kind == "bad_unit_file");
    CHECK(kinds(one(State::stopped), loaded_as(LoadState::masked)) == Kinds{Kind::stop});
    CHECK(kinds(one(State::absent), loaded_as(LoadState::bad_setting)) ==
          Kinds{Kind::stop, Kind::remove_container, Kind::disable});
}

TEST_CASE("a wrong file that was corrected meanwhile is read first", "[services][plan]") {
    const Found is = down("api", [](Found& found) {
        found.unit.load = LoadState::bad_setting;
        found.unit.needs_daemon_reload = true;
    });
    CHECK(kinds(one(), is) == Kinds{Kind::daemon_reload, Kind::start});
}

TEST_CASE("what does not run is started", "[services][plan]") {
    CHECK(kinds(one(), down("api")) == Kinds{Kind::start});
    CHECK(kinds(one(State::restarted), down("api")) == Kinds{Kind::start});
    CHECK(kinds(one(State::started, Restart::never), down("api")) == Kinds{Kind::start});
    CHECK(kinds(one(State::stopped), down("api")).empty());
    const Found failed = down("api", [](Found& is) { is.unit.active = ActiveState::failed; });
    CHECK(reason_of(failed) == "it failed");
    CHECK(kinds(one(State::stopped), failed).empty());
}

TEST_CASE("what died and waits for systemd is started now", "[services][plan]") {
    const Found is = down("api", [](Found& found) {
        found.unit.active = ActiveState::activating;
        found.unit.sub_state = "auto-restart";
    });
    CHECK(kinds(one(), is) == Kinds{Kind::start});
    CHECK(kinds(one(State::stopped), is) == Kinds{Kind::stop});
}

TEST_CASE("what is being started is waited for, and that is no change", "[services][plan]") {
    const Found is = down("api", [](Found& found) {
        found.unit.active = ActiveState::activating;
        found.unit.sub_state = "start-pre";
    });
    CHECK(kinds(one(), is) == Kinds{Kind::wait});
    CHECK_FALSE(make_plan(one(), seen({is})).changed());
    CHECK(kinds(one(State::stopped), is) == Kinds{Kind::stop});
    CHECK(kinds(one(State::absent), is) == Kinds{Kind::stop, Kind::disable});
}

TEST_CASE("what runs as it should is left alone", "[services][plan]") {
    const Plan plan = make_plan(one(), seen({running("api")}));
    CHECK(plan.steps.empty());
    CHECK_FALSE(plan.changed());
    CHECK(kinds(one(State::started, Restart::never), running("api")).empty());
}

TEST_CASE("what runs is restarted where something else should run", "[services][plan]") {
    const auto with = [](const std::function<void(Found&)>& change) { return running("api", change); };
    const Found old_unit = with([](Found& is) { is.unit.needs_daemon_reload = true; });
    const Found old_config = with([](Found& is) { is.container->config = "older"; });
    const Found no_label = with([](Found& is) { is.container->config.clear(); });
    const Found no_container = with([](Found& is) { is.container.reset(); });
    const Found old_image = with([](Found& is) { is.container->current_image = "sha256:two"; });
    CHECK(kinds(one(), old_unit) == Kinds{Kind::daemon_reload, Kind::restart});
    CHECK(reason_of(old_unit) == "its unit file changed");
    CHECK(reason_of(old_config) == "its configuration changed");
    CHECK(reason_of(no_label) == "its container does not say with which configuration it runs");
    CHECK(reason_of(no_container) == "its container is not there");
    CHECK(reason_of(old_image) == "its image changed");
    for (const Found& is : {old_config, no_label, no_container, old_image}) {
        CHECK(kinds(one(), is) == Kinds{Kind::restart});
        CHECK(kinds(one(State::started, Restart::never), is).empty());
        CHECK(kinds(one(State::stopped), is).front() == Kind::stop);
    }
}

TEST_CASE("without files, or where the Engine has no such image any more, there is nothing to compare",
          "[services][plan]") {
    CHECK(kinds(one(), running("api",
                               [](Found& is) {
                                   is.config.reset();
                                   is.container->config.clear();
                                   is.container->current_image.clear();
                               }))
              .empty());
}

TEST_CASE("a container that is only being made is waited for", "[services][plan]") {
    const Found is = running("api", [](Found& found) {
        found.container.reset();
        found.active_for = std::chrono::milliseconds(20);
    });
    CHECK(kinds(one(), is) == Kinds{Kind::wait});
}

TEST_CASE("what is asked for in so many words is restarted", "[services][plan]") {
    CHECK(kinds(one(State::restarted), running("api")) == Kinds{Kind::restart});
    CHECK(kinds(one(State::started, Restart::always), running("api")) == Kinds{Kind::restart});
    CHECK(kinds(one(State::restarted, Restart::never), running("api")) == Kinds{Kind::restart});
}

TEST_CASE("systemd restarts what requires a unit that is restarted, also by way of others",
          "[services][plan]") {
    const auto requiring = [](const std::string& name, const std::string& other) {
        return running(name, [&](Found& is) { is.unit.follows = {other + ".service"}; });
    };
    const Desired wanted = desired({service("front"), service("api"), service("worker"), service("clock")});
    const Observed is = seen({requiring("front", "clock"),
                              running("api", [](Found& found) { found.container->config = "older"; }),
                              requiring("worker", "api"), requiring("clock", "worker")});
    CHECK(make_plan(wanted, is).steps ==
          std::vector<Step>{{.kind = Kind::follow, .service = 0, .reason = "with clock.service"},
                            {.kind = Kind::restart, .service = 1, .reason = "its configuration changed"},
                            {.kind = Kind::follow, .service = 2, .reason = "with api.service"},
                            {.kind = Kind::follow, .service = 3, .reason = "with worker.service"}});
}

TEST_CASE("a start restarts nobody along", "[services][plan]") {
    const Desired wanted = desired({service("api"), service("worker")});
    const Observed is =
        seen({down("api"), running("worker", [](Found& found) { found.unit.follows = {"api.service"}; })});
    const Plan plan = make_plan(wanted, is);
    REQUIRE(plan.steps.size() == 1);
    CHECK(plan.steps[0].kind == Kind::start);
}

TEST_CASE("started in order, stopped in reverse order, stops first", "[services][plan]") {
    const auto stopped = [](Service& made) { made.state = State::stopped; };
    const Desired wanted =
        desired({service("a"), service("b", stopped), service("c"), service("d", stopped)});
    const Observed is = seen({down("a"), running("b"), down("c"), running("d")});
    CHECK(make_plan(wanted, is).steps ==
          std::vector<Step>{{.kind = Kind::stop, .service = 3},
                            {.kind = Kind::stop, .service = 1},
                            {.kind = Kind::start, .service = 0, .reason = "it does not run"},
                            {.kind = Kind::start, .service = 2, .reason = "it does not run"}});
}

TEST_CASE("units are enabled and disabled as is said, where they can be", "[services][plan]") {
    const auto state_is = [](const std::string& state) {
        return running("api", [&](Found& is) { is.unit.unit_file_state = state; });
    };
    const Desired disabled = desired({service("api", [](Service& made) { made.enabled = false; })});
    CHECK(kinds(one(), state_is("disabled")) == Kinds{Kind::enable});
    CHECK(kinds(one(), state_is("enabled-runtime")) == Kinds{Kind::enable});
    CHECK(kinds(one(), state_is("static")).empty());
    CHECK(kinds(disabled, state_is("enabled")) == Kinds{Kind::disable});
    CHECK(kinds(disabled, state_is("disabled")).empty());
    CHECK(kinds(one(State::absent), down("api")) == Kinds{Kind::disable});
}

TEST_CASE("absent takes the container too, also that of a unit that is gone", "[services][plan]") {
    CHECK(kinds(one(State::absent), running("api")) ==
          Kinds{Kind::stop, Kind::remove_container, Kind::disable});
    Found left = missing("api");
    left.container = Container{};
    CHECK(kinds(one(State::absent), left) == Kinds{Kind::remove_container});
    CHECK(kinds(one(State::stopped), left).empty());
}

TEST_CASE("a configuration that is not there fails a run and is foreseen by a check", "[services][plan]") {
    const Found is = running("api", [](Found& found) {
        found.config.reset();
        found.missing_file = "/etc/api";
    });
    const Failure failure = failure_of(one(), seen({is}));
    CHECK(failure.kind == "config_missing");
    CHECK(*failure.facts.find("path") == Value("/etc/api"));
    Desired check = one();
    check.check_mode = true;
    CHECK(kinds(check, is) == Kinds{Kind::restart});
    CHECK(kinds(one(State::stopped), is) == Kinds{Kind::stop});
}

TEST_CASE("without an Engine what runs cannot be compared; what is down can be started", "[services][plan]") {
    Observed is = seen({running("api", [](Found& found) { found.container.reset(); })});
    is.no_engine = docker::ReachError{docker::ReachError::Kind::engine_unavailable, "no Engine", "", 0};
    CHECK(failure_of(one(), is).kind == "engine_unavailable");
    Desired check = one();
    check.check_mode = true;
    CHECK_NOTHROW(make_plan(check, is));
    const Desired bare = desired({service("api", [](Service& made) { made.container.clear(); })});
    CHECK_NOTHROW(make_plan(bare, is));
    is.services = {down("api")};
    CHECK(make_plan(one(), is).steps.size() == 1);
    is.no_engine->kind = docker::ReachError::Kind::engine_denied;
    CHECK(failure_of(one(), is).kind == "engine_denied");
}

TEST_CASE("the plan says how all is after it", "[services][plan]") {
    const Found is = running("api", [](Found& found) {
        found.unit.needs_daemon_reload = true;
        found.unit.unit_file_state = "disabled";
        found.container->config = "older";
        found.container->current_image = "sha256:two";
    });
    const Plan started = make_plan(one(), seen({is}));
    const Found& after = started.after.services[0];
    CHECK_FALSE(after.unit.needs_daemon_reload);
    CHECK(after.unit.is_enabled());
    CHECK(after.unit.is_active());
    CHECK(after.container->config == "hash");
    CHECK(after.container->image_id == "sha256:two");
    CHECK(make_plan(one(), started.after).steps.empty());

    const Plan gone = make_plan(one(State::absent), seen({is}));
    CHECK(gone.after.services[0].unit.active == ActiveState::inactive);
    CHECK_FALSE(gone.after.services[0].container);
    CHECK(make_plan(one(State::absent), gone.after).steps.empty());
}
