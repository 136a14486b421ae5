// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ansible/call.hpp"
#include "ansible/result.hpp"
#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"
#include "docker/engine.hpp"
#include "lago/release.hpp"
#include "lago/upgrade.hpp"
#include "lago_database/lago_database.hpp"
#include "lago_redis/lago_redis.hpp"
#include "lago_signup/lago_signup.hpp"
#include "system/listeners.hpp"
#include "system/path.hpp"
#include "systemd/units.hpp"

namespace lago::info {

// ---- what is asked ----

/// What is looked at; the values of `gather`, in the order in which they are asked.
enum class Part { units, health, signup, redis, schema, database };
std::string_view word(Part part);

/// One unit of the deployment.
struct Unit {
    std::string name;  ///< with its suffix
    std::string kind;  ///< "api", "worker", "clock", "front", "pdf", "postgres", "redis"
    std::string container;
    int port = 0;  ///< on which it answers inside of its container; 0: on none that is asked
    std::optional<system::HostPort> publish;  ///< where on the host its container is to be reached
};

struct Desired {
    std::vector<Unit> units;
    system::Path systemd_path;
    std::optional<system::Path> env_file;        ///< that of the API
    std::optional<system::Path> front_env_file;  ///< used for its sign-up switch only
    std::optional<system::Path> base_path;
    docker::Engine engine;
    std::vector<Part> parts;
    std::optional<std::string> target_version;
    bool refuse_upgrade = false;
    bool refuse_secrets = false;
    bool refuse_ports = false;
    bool accept_encryption_change = false;
    std::vector<std::pair<std::string, Secret>> expected_secrets;
    signup::Probe probe = signup::Probe::off;
    std::string known_email;
    std::chrono::seconds wait{0};
    std::chrono::seconds timeout{0};
    bool warn = false;

    bool asks(Part part) const;
    /// The first unit of a kind.
    const Unit* unit(std::string_view kind) const;
};

/// Throws Failure for a unit without a usable name, and for options that contradict each other.
Desired read_options(const Options& options);

// ---- what is ----

/// Something that could not be asked, or an answer that is none.
struct Trouble {
    std::string why;   ///< a sentence without a full stop
    std::string hint;  ///< what the reader can do; may be empty
    std::string kind;  ///< stable word for `error_kind`
    bool operator==(const Trouble&) const = default;
};
Trouble trouble_of(const Failure& failure);

/// A container of the deployment.
struct Container {
    bool running = false;
    std::string image;                     ///< as it was created with
    std::string config_label;              ///< the hash of its configuration files; empty: it has none
    std::vector<std::uint16_t> published;  ///< ports of the host that lead into it
    std::vector<std::string>
        switches;  ///< those of the sign-up switches that are exactly `true` in its environment
    bool operator==(const Container&) const = default;
};

struct FoundUnit {
    bool file_exists = false;
    std::string file_image;              ///< the image that the unit's file names; empty: none is found in it
    std::optional<systemd::Unit> state;  ///< nothing: systemd was not asked, or is not there
    std::optional<Container> container;
    bool operator==(const FoundUnit&) const = default;
};

/// What is used of an env file.
struct EnvFile {
    bool exists = false;
    std::optional<Secret> content;
    std::vector<std::string> switches;  ///< as Container::switches
};

struct Health {
    bool healthy = false;
    int status = 0;       ///< of the HTTP answer; 0: there was none
    std::string version;  ///< that the API says it has
    std::optional<Trouble> trouble;
    bool operator==(const Health&) const = default;
};

struct Redis {
    std::optional<redis::Observed> seen;
    std::optional<Trouble> trouble;  ///< why it was not seen
};

struct Database {
    bool reached = false;
    std::optional<Trouble> trouble;  ///< why not, or why not all of it was read
    Dict connection;
    std::optional<std::string> newest_migration;  ///< nothing: Lago has migrated nothing yet
    std::optional<std::int64_t> roles;            ///< nothing: there is no such table
    database::Partitions partitions = database::Partitions::none;
};

/// Who listens where a unit's container is to be published.
struct Taken {
    std::size_t unit = 0;  ///< as Desired::units
    system::Listener listener;
    std::string owner;  ///< "nginx (process 812)"; empty where it cannot be seen
    bool operator==(const Taken&) const = default;
};

struct Observed {
    bool base_path_exists = false;
    std::vector<Taken> taken;        ///< the deployment's own containers are not in it
    std::vector<FoundUnit> units;    ///< as Desired::units
    std::optional<Trouble> systemd;  ///< why systemd was not asked
    std::optional<Trouble> docker;   ///< the same of the Engine
    EnvFile env;
    EnvFile front_env;
    std::optional<Trouble> env_trouble;  ///< why the API's cannot be read
    std::optional<Health> health;
    std::optional<signup::Verdict> api_answer;  ///< to a probe
    std::optional<signup::Verdict> front_answer;
    std::optional<Redis> redis;        ///< of REDIS_URL
    std::optional<Redis> redis_cache;  ///< of LAGO_REDIS_CACHE_URL, where that is set
    std::optional<Database> database;
};

/// Asks all that is asked for. A part that hangs takes its share of the time only. Throws nothing for what is
/// not there or does not answer.
Observed observe(const Desired& desired);

/// The image in a unit's file: what its `docker create` or `docker run` names; empty where there is none.
std::string image_in_unit(std::string_view unit_file);

// ---- what it means ----

/// Something that is not as it should be.
struct Problem {
    Part part = Part::units;
    std::string what;
    std::string why;
    std::string hint;
    bool operator==(const Problem&) const = default;
};

/// What one side says about sign-up, and on what grounds.
struct Side {
    signup::Openness openness = signup::Openness::unknown;
    std::string evidence;
    bool operator==(const Side&) const = default;
};

struct Plan {
    bool installed = false;
    std::string image;                      ///< the API's; empty: none
    std::vector<facts::Release> schema;     ///< that the database is at; several can share one
    std::optional<facts::Release> release;  ///< what most likely runs
    std::optional<Side> api;
    std::optional<Side> front;
    std::optional<facts::Way> upgrade;
    std::vector<std::string> changed_secrets;
    std::vector<redis::Problem> redis_problems;
    std::vector<redis::Problem> redis_cache_problems;
    std::vector<Problem> problems;
    std::vector<std::string> warnings;
};

/// Decides; no I/O. Throws Failure for what `refuse` names.
Plan make_plan(const Desired& desired, const Observed& before);

/// What an environment says about sign-up on the API of a release; nothing known of the release: what holds
/// for each.
Side judge_environment(const std::optional<facts::Release>& release,
                       const std::vector<std::string>& switches);

Result report(const Desired& desired, const Observed& before, const Plan& plan);

}  // namespace lago::info
