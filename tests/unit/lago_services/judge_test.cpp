// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch_test_macros.hpp>

#include "core/failure.hpp"
#include "services.hpp"

using namespace lago;
using namespace lago::services;
using namespace lago::services::tests;
using systemd::ActiveState;

namespace {

const Baseline start{.invocation = "first", .restarts = 0};

Standing standing_of(const std::function<void(Found&)>& change, const Baseline& baseline = start) {
    return judge(service("api"), running("api", change), baseline);
}

}  // namespace

TEST_CASE("active and healthy is up", "[services][judge]") {
    CHECK(standing_of({}).kind == Standing::Kind::up);
}

TEST_CASE("what is on its way says where it is", "[services][judge]") {
    const auto starting = standing_of([](Found& is) {
        is.unit.active = ActiveState::activating;
        is.unit.sub_state = "start-pre";
    });
    CHECK(starting == Standing{Standing::Kind::coming, "systemd says activating (start-pre)"});
    const auto ill = standing_of([](Found& is) {
        is.healthy = false;
        is.why_unhealthy = "no answer";
    });
    CHECK(ill == Standing{Standing::Kind::coming, "no answer"});
    CHECK(standing_of([](Found& is) { is.healthy.reset(); }).kind == Standing::Kind::coming);
    const auto without = standing_of([](Found& is) { is.container->running = false; });
    CHECK(without == Standing{Standing::Kind::coming, "its container api does not run"});
}

TEST_CASE("what died since its start is dead, in each form that this takes", "[services][judge]") {
    const std::vector<std::function<void(Found&)>> deaths = {
        [](Found& is) { is.unit.active = ActiveState::failed; },
        [](Found& is) { is.unit.active = ActiveState::inactive; },
        [](Found& is) {
            is.unit.active = ActiveState::activating;
            is.unit.sub_state = "auto-restart";
        },
        [](Found& is) { is.unit.restarts = 1; },
        [](Found& is) { is.unit.invocation = "second"; },
    };
    for (const auto& death : deaths) CHECK(standing_of(death).kind == Standing::Kind::dead);
}

TEST_CASE("restarts of long ago do not count", "[services][judge]") {
    CHECK(standing_of([](Found& is) { is.unit.restarts = 4; }, {.invocation = "first", .restarts = 4}).kind ==
          Standing::Kind::up);
}

TEST_CASE("a death in systemd's words", "[services][judge]") {
    systemd::Unit unit;
    unit.active = ActiveState::failed;
    unit.sub_state = "failed";
    unit.result = "exit-code";
    unit.exit_status = 17;
    CHECK(state_in_words(unit) == "failed (exit-code, exit status 17)");
    unit.result = "signal";
    unit.exit_status = 9;
    unit.restarts = 2;
    CHECK(state_in_words(unit) == "failed (signal, signal 9, restarted 2 times)");
    unit = {};
    unit.active = ActiveState::active;
    unit.result = "success";
    CHECK(state_in_words(unit) == "active");
}

TEST_CASE("what is late is either still starting or not healthy", "[services][judge]") {
    const Failure migrating = late(service("api"), down("api", [](Found& is) {
                                       is.unit.active = ActiveState::activating;
                                       is.unit.sub_state = "start-pre";
                                   }));
    CHECK(migrating.kind == "still_starting");
    CHECK(migrating.why == "systemd says activating (start-pre), and goes on with it");
    CHECK(migrating.hint.contains("migration"));
    const Failure deaf =
        late(service("api"), running("api", [](Found& is) { is.why_unhealthy = "no answer"; }));
    CHECK(deaf.kind == "unhealthy");
    CHECK(deaf.why == "no answer");
}
