// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ansible/call.hpp"
#include "ansible/result.hpp"
#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "docker/engine.hpp"
#include "docker/reach_error.hpp"
#include "system/path.hpp"
#include "system/write.hpp"
#include "systemd/control.hpp"
#include "systemd/error.hpp"
#include "systemd/units.hpp"

namespace lago::services {

enum class State { started, stopped, restarted, absent };
enum class Restart { by_state, always, never };

/// A request whose answer says that a service is well.
struct Health {
    std::uint16_t port = 80;
    std::string path;
    bool tls = false;
    int status = 200;
};

struct Service {
    std::string unit;       ///< with its suffix
    std::string container;  ///< empty: it has none
    std::vector<std::string> config_files;
    bool enabled = true;
    State state = State::started;
    std::optional<Health> health;

    bool is_to_run() const { return state == State::started || state == State::restarted; }
};

struct Desired {
    std::vector<Service> services;  ///< in the order in which they are started
    Restart restart = Restart::by_state;
    std::chrono::seconds settle{3};
    int journal_lines = 20;
    docker::Engine engine;
    bool check_mode = false;  ///< what is not there yet is no failure then
};

/// What the Engine says of a service's container.
struct Container {
    bool running = false;
    std::string config;         ///< its label; empty: it has none
    std::string image_name;     ///< as it was created with
    std::string image_id;       ///< of what it runs
    std::string current_image;  ///< the ID that this name has now; empty: the Engine has no such image
    docker::Health health = docker::Health::none;
    bool operator==(const Container&) const = default;
};

/// A service as it is. What is not there is absent.
struct Found {
    systemd::Unit unit;
    std::optional<Container> container;
    std::optional<std::string> config;  ///< what the label should be; nothing: no files to compare with
    std::string missing_file;           ///< the first of the files that is not there
    std::optional<bool> healthy;        ///< nothing: not active, or nobody to ask
    std::string why_unhealthy;          ///< meaningful unless healthy
    std::chrono::milliseconds active_for{0};
};

struct Observed {
    std::optional<systemd::Error> no_systemd;
    std::optional<docker::ReachError> no_engine;
    std::vector<Found> services;  ///< one for each of Desired
};

struct Step {
    enum class Kind { daemon_reload, stop, remove_container, disable, enable, start, restart, follow, wait };
    Kind kind = Kind::wait;
    std::size_t service = 0;
    std::string reason{};
    bool operator==(const Step&) const = default;
};

struct Plan {
    std::vector<Step> steps;  ///< in the order in which they are done
    Observed after;
    bool changed() const;  ///< waiting is no change
    bool reloads() const;
};

/// What was done for one service, and how it stands now.
struct ServiceDone {
    Step::Kind action = Step::Kind::wait;  ///< wait: nothing
    std::string reason;
    std::optional<Found> now;  ///< nothing in check mode
};

struct Done {
    bool reloaded = false;
    std::vector<ServiceDone> services;
    std::vector<std::string> warnings;
};

/// Whether a service that is to run is up.
struct Standing {
    enum class Kind { up, coming, dead };
    Kind kind = Kind::coming;
    std::string why{};  ///< of `coming` and `dead`
    bool operator==(const Standing&) const = default;
};

/// How a start began: another invocation or more restarts than that, and it has died since.
struct Baseline {
    std::string invocation;
    std::int64_t restarts = 0;
};

Desired read_options(const Options& options, bool check_mode);
/// One run of this module at a time.
system::FolderLock lock(Deadline deadline);

/// Reads everything. Throws Failure where systemd cannot be asked (in check mode only where it is there).
Observed observe(const Desired& desired, Deadline deadline);
/// The container, its health and the configuration of one service; its unit is known already.
Found look_at(const Desired& desired, const Service& service, systemd::Unit unit,
              std::optional<docker::ReachError>& no_engine, Deadline deadline);
/// The label for these files: the first field of `sha256sum FILE... | sha256sum`. The error names the first
/// that is not there; Failure for one that cannot be read.
std::expected<std::string, std::string> config_of(const std::vector<std::string>& files);

/// What has to be done to a service that is to run; `wait` where it is on its way, nothing where it is as it
/// should be. No I/O.
std::optional<Step> decide(const Desired& desired, std::size_t service, const Found& is);
/// Why the unit cannot be started, as systemd has loaded it.
std::optional<Failure> refusal_of(const systemd::Unit& unit);
Standing judge(const Service& service, const Found& is, const Baseline& baseline);
/// How systemd sees it: "failed (exit-code, exit status 17)".
std::string state_in_words(const systemd::Unit& unit);

/// Of a service that was not up when the deadline passed: still starting, or active but not healthy.
Failure late(const Service& service, const Found& is);
/// Adds what systemd says of the unit and its last lines in the journal, without secrets of its
/// configuration.
void explain(Failure& failure, const Desired& desired, const Service& service, const systemd::Unit& unit,
             std::optional<std::chrono::system_clock::time_point> since);
/// For the last words about a failure, after the deadline as well.
Deadline a_moment();

/// Decides; no I/O. Throws Failure for the cells of the state table that say so.
Plan make_plan(const Desired& desired, const Observed& before);
/// Does it, looking again before each step, and waits until all is up. Failure with what was done so far.
Done apply(const Desired& desired, const Observed& before, const Plan& plan, Deadline deadline);
Result report(const Desired& desired, const Observed& before, const Plan& plan, const Done& done);

/// The result's entry for a service, the same in success and failure.
Dict describe(const Service& service, const ServiceDone& done);

}  // namespace lago::services
