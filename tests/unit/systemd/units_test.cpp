// SPDX-License-Identifier: GPL-3.0-or-later
#include "systemd/units.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "systemd/control.hpp"
#include "systemd/error.hpp"

using namespace lago;
using namespace lago::systemd;

namespace {

// What systemd 252 prints for a service that runs, one that died and waits, and one that is not there.
constexpr auto three_units = R"(Requires=system.slice docker.service sysinit.target
PartOf=
BindsTo=
Result=success
NRestarts=0
MainPID=4711
ExecMainStatus=0
LoadState=loaded
ActiveState=active
SubState=running
FragmentPath=/etc/systemd/system/lago-api.service
UnitFileState=enabled
ActiveEnterTimestampMonotonic=8123456
InvocationID=0f8a0d1f5f0c4f42a5ab1f5b9d3a6d11
NeedDaemonReload=yes
Job=0

Result=exit-code
NRestarts=3
MainPID=0
ExecMainStatus=17
LoadState=loaded
ActiveState=activating
SubState=auto-restart
UnitFileState=disabled
ActiveEnterTimestampMonotonic=9000000
NeedDaemonReload=no
Job=812

LoadState=not-found
ActiveState=inactive
SubState=dead
LoadError=org.freedesktop.systemd1.NoSuchUnit "Unit lago-pdf.service not found."
ActiveEnterTimestampMonotonic=0
NeedDaemonReload=no
)";

const std::vector<std::string> names{"lago-api.service", "lago-front.service", "lago-pdf.service"};

system::Finished ended(int status, std::string said) {
    return {.status = status, .out = {}, .err = std::move(said)};
}

}  // namespace

TEST_CASE("a unit that runs", "[systemd]") {
    const auto units = parse_units(three_units, names);
    REQUIRE(units);
    const Unit& api = units->at(0);
    CHECK(api.name == "lago-api.service");
    CHECK(api.load == LoadState::loaded);
    CHECK(api.is_active());
    CHECK(api.sub_state == "running");
    CHECK(api.is_enabled());
    CHECK(api.needs_daemon_reload);
    CHECK_FALSE(api.job_pending);
    CHECK(api.main_pid == 4711);
    CHECK(api.active_since == std::chrono::microseconds(8'123'456));
    CHECK(api.invocation == "0f8a0d1f5f0c4f42a5ab1f5b9d3a6d11");
    CHECK(api.follows == std::vector<std::string>{"system.slice", "docker.service", "sysinit.target"});
}

TEST_CASE("a unit that died and waits to be started again", "[systemd]") {
    const auto units = parse_units(three_units, names);
    REQUIRE(units);
    const Unit& front = units->at(1);
    CHECK_FALSE(front.is_active());
    CHECK(front.active == ActiveState::activating);
    CHECK(front.waits_for_restart());
    CHECK(front.job_pending);
    CHECK_FALSE(front.is_enabled());
    CHECK(front.restarts == 3);
    CHECK(front.result == "exit-code");
    CHECK(front.exit_status == 17);
}

TEST_CASE("a unit that does not exist is an answer", "[systemd]") {
    const auto units = parse_units(three_units, names);
    REQUIRE(units);
    const Unit& pdf = units->at(2);
    CHECK(pdf.load == LoadState::not_found);
    CHECK(pdf.load_error == "Unit lago-pdf.service not found");
    CHECK(pdf.active == ActiveState::inactive);
    CHECK(pdf.unit_file_state.empty());
    CHECK_FALSE(pdf.active_since);
    CHECK(pdf.fragment_path.empty());
}

TEST_CASE("states that are not known are not taken for others", "[systemd]") {
    const auto units = parse_units("LoadState=merged\nActiveState=maintenance\n", {"a.service"});
    REQUIRE(units);
    CHECK(units->front().load == LoadState::other);
    CHECK(units->front().active == ActiveState::other);
    CHECK_FALSE(units->front().is_active());
}

TEST_CASE("what is not systemctl's answer is an error", "[systemd]") {
    for (const std::string& printed :
         {std::string(), std::string("hello\n"), std::string(three_units) + "\nLoadState=loaded\n",
          std::string("LoadState=loaded\nActiveState=active\n\nLoadState=loaded\nActiveState=active\n"),
          std::string("\0\xff=\n\n\n=\n", 7)}) {
        const auto units = parse_units(printed, names);
        REQUIRE_FALSE(units);
        CHECK(units.error().kind == Error::Kind::garbage);
    }
}

TEST_CASE("numbers that are none count as nothing", "[systemd]") {
    const auto units = parse_units(
        "LoadState=loaded\nActiveState=active\nNRestarts=[not set]\nMainPID=12x\nJob=99999999999999999999\n",
        {"a.service"});
    REQUIRE(units);
    CHECK(units->front().restarts == 0);
    CHECK(units->front().main_pid == 0);
    CHECK_FALSE(units->front().job_pending);
}

TEST_CASE("names that can be a unit's", "[systemd]") {
    CHECK(is_unit_name("mash-lago-api.service"));
    CHECK(is_unit_name("lago-partman.timer"));
    CHECK(is_unit_name("getty@tty1.service"));
    CHECK(is_unit_name("dev-disk-by\\x2dlabel.device"));
    CHECK_FALSE(is_unit_name("mash-lago-api"));
    CHECK_FALSE(is_unit_name(".service"));
    CHECK_FALSE(is_unit_name("--host=elsewhere.service"));
    CHECK_FALSE(is_unit_name("lago-*.service"));
    CHECK_FALSE(is_unit_name("lago api.service"));
    CHECK_FALSE(is_unit_name("../x.service"));
    CHECK_FALSE(is_unit_name(std::string(250, 'a') + ".service"));
}

TEST_CASE("systemctl's own words say what kind of error it is", "[systemd]") {
    CHECK(error_of(ended(1,
                         "System has not been booted with systemd as init system (PID 1). Can't operate.\n"
                         "Failed to connect to bus: Host is down\n"),
                   "systemctl")
              .kind == Error::Kind::not_running);
    CHECK(error_of(
              ended(4, "Failed to start a.service: Interactive authentication required.\nSee system logs."),
              "systemctl")
              .kind == Error::Kind::denied);
    const Error refused =
        error_of(ended(5, "Failed to start a.service: Unit a.service not found.\n"), "systemctl");
    CHECK(refused.kind == Error::Kind::refused);
    CHECK(refused.why == "Failed to start a.service: Unit a.service not found");
    CHECK(error_of(ended(3, ""), "systemctl").why == "systemctl ended with status 3");
}

TEST_CASE("a machine without systemctl has no systemd", "[systemd]") {
    CHECK(error_of(system::RunError::not_found, "systemctl").not_there_yet());
    CHECK_FALSE(error_of(system::RunError::deadline, "systemctl").not_there_yet());
    CHECK(to_failure(error_of(system::RunError::deadline, "systemctl"), "x").kind == "timed_out");
}
