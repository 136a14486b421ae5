// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "core/failure.hpp"
#include "lago_redis/lago_redis.hpp"

using namespace lago;
using namespace lago::redis;

namespace {

// What a Redis 7.0 with an append-only file says.
Observed good() {
    Observed is;
    is.reached = true;
    is.version = is.redis_version = "7.0.15";
    is.role = "master";
    is.mode = "standalone";
    is.maxmemory = 0;
    is.maxmemory_policy = "noeviction";
    is.aof = true;
    is.snapshots = true;
    return is;
}

Observed but(const std::function<void(Observed&)>& change) {
    Observed is = good();
    change(is);
    return is;
}

Desired requiring(std::vector<Requirement> required) {
    Desired desired;
    desired.required = std::move(required);
    return desired;
}

const Desired usual = requiring({Requirement::version, Requirement::master, Requirement::standalone,
                                 Requirement::scripting, Requirement::commands});
const Desired nothing = requiring({});

Failure failure_of(const Desired& desired, const Observed& is) {
    try {
        make_plan(desired, is);
    } catch (const Failure& failure) {
        return failure;
    }
    FAIL("no Failure");
    return {};
}

// A row of the table: fails where the requirement is asked for, else warns about exactly that.
void check_row(Requirement requirement, const std::string& kind, const Observed& is) {
    CHECK(failure_of(requiring({requirement}), is).kind == kind);
    const Plan plan = make_plan(nothing, is);
    REQUIRE(plan.problems.size() == 1);
    CHECK(plan.problems[0].requirement == requirement);
    CHECK(plan.problems[0].kind == kind);
    CHECK_FALSE(plan.problems[0].message.empty());
    CHECK_FALSE(plan.problems[0].hint.empty());
    const Result result = report(plan);
    CHECK_FALSE(result.changed);
    CHECK(result.warnings.size() == 1);
}

}  // namespace

TEST_CASE("a good server has no problem", "[lago_redis][plan]") {
    const Plan plan = make_plan(usual, good());
    CHECK(plan.problems.empty());
    CHECK_FALSE(plan.changed());
    CHECK(plan.after == good());
    const Result result = report(plan);
    CHECK(*result.returned.find("fit") == Value(true));
    CHECK(result.warnings.empty());
}

TEST_CASE("older than 6.2", "[lago_redis][plan]") {
    for (const char* old : {"5.0.14", "6.0.16", "6.1.240", "2.8"})
        check_row(Requirement::version, "too_old", but([&](Observed& is) { is.redis_version = old; }));
    for (const char* young : {"6.2.0", "6.2", "7.4.1", "10.0.0"})
        CHECK(make_plan(usual, but([&](Observed& is) { is.redis_version = young; })).problems.empty());
}

TEST_CASE("a replica", "[lago_redis][plan]") {
    check_row(Requirement::master, "replica", but([](Observed& is) { is.role = "slave"; }));
}

TEST_CASE("a cluster", "[lago_redis][plan]") {
    check_row(Requirement::standalone, "cluster", but([](Observed& is) { is.mode = "cluster"; }));
}

TEST_CASE("a Sentinel, of which nothing else is asked", "[lago_redis][plan]") {
    const Observed sentinel = but([](Observed& is) {
        is.mode = "sentinel";
        is.role = "sentinel";
        is.maxmemory_policy.reset();
        is.aof.reset();
        is.snapshots.reset();
    });
    check_row(Requirement::standalone, "sentinel", sentinel);
}

TEST_CASE("scripts are refused", "[lago_redis][plan]") {
    check_row(Requirement::scripting, "scripting",
              but([](Observed& is) { is.why_no_scripts = "NOPERM no permission to run 'eval'"; }));
}

TEST_CASE("commands are refused", "[lago_redis][plan]") {
    check_row(Requirement::commands, "no_permission",
              but([](Observed& is) { is.refused = {"LPUSH", "SET"}; }));
    const auto failure = failure_of(usual, but([](Observed& is) { is.refused = {"LPUSH", "SET"}; }));
    CHECK(failure.why.find("LPUSH, SET") != std::string::npos);
}

TEST_CASE("another maxmemory-policy is a warning unless it is required", "[lago_redis][plan]") {
    const Observed is = but([](Observed& seen) { seen.maxmemory_policy = "allkeys-lru"; });
    check_row(Requirement::noeviction, "eviction", is);
    CHECK(make_plan(usual, is).problems.size() == 1);
}

TEST_CASE("neither append-only file nor snapshots", "[lago_redis][plan]") {
    const Observed is = but([](Observed& seen) { seen.aof = seen.snapshots = false; });
    check_row(Requirement::persistence, "no_persistence", is);
    CHECK(make_plan(usual, is).problems.size() == 1);
    CHECK(make_plan(nothing, but([](Observed& seen) { seen.aof = false; })).problems.empty());
    CHECK(make_plan(nothing, but([](Observed& seen) { seen.snapshots.reset(); })).problems.empty());
}

TEST_CASE("what cannot be asked counts as missing", "[lago_redis][plan]") {
    const Observed no_info = but([](Observed& is) {
        is = Observed{};
        is.reached = true;
        is.why_no_info = "NOPERM no permission to run 'info'";
        is.snapshots = true;
    });
    for (const Requirement requirement :
         {Requirement::version, Requirement::master, Requirement::standalone, Requirement::noeviction}) {
        const Failure failure = failure_of(requiring({requirement}), no_info);
        CHECK(failure.kind == "not_known");
        CHECK(failure.why.find("NOPERM") != std::string::npos);
        CHECK(failure.hint.find("+info") != std::string::npos);
    }
    CHECK(make_plan(nothing, no_info).problems.size() == 4);
    check_row(Requirement::persistence, "not_known", but([](Observed& is) {
                  is.aof = false;
                  is.snapshots.reset();
                  is.why_no_config = "NOPERM no permission to run 'config|get'";
              }));
}

TEST_CASE("all that is missing is said at once", "[lago_redis][plan]") {
    const Failure failure = failure_of(usual, but([](Observed& is) {
                                           is.redis_version = "5.0.0";
                                           is.role = "slave";
                                           is.maxmemory_policy = "allkeys-lru";
                                       }));
    CHECK(failure.kind == "too_old");
    CHECK(failure.why.find("replica") != std::string::npos);
    CHECK(failure.why.find("allkeys-lru") == std::string::npos);
    CHECK(failure.hint == "Use Redis 6.2 or newer, or Valkey. Give the address of the master");
    CHECK(*failure.facts.find("fit") == Value(false));
    CHECK(failure.facts.find("problems")->as_list()->size() == 3);
    CHECK_FALSE(failure.changed);
}

TEST_CASE("not there yet, in check mode", "[lago_redis][plan]") {
    Observed is;
    is.why_not_reached = "Connection refused";
    const Result result = report(make_plan(usual, is));
    CHECK_FALSE(result.changed);
    CHECK(*result.returned.find("reachable") == Value(false));
    CHECK_FALSE(result.returned.contains("fit"));
    REQUIRE(result.warnings.size() == 1);
    CHECK(result.warnings[0].find("would be checked") != std::string::npos);
}
