// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ansible/call.hpp"
#include "ansible/options.hpp"
#include "ansible/result.hpp"
#include "core/deadline.hpp"
#include "core/secret.hpp"
#include "core/value.hpp"
#include "docker/service_address.hpp"
#include "http/http.hpp"

namespace lago::redis {

/// What makes a server fit; the values of `require`, in the order in which they are reported.
enum class Requirement { version, master, standalone, scripting, commands, noeviction, persistence };
std::string_view word(Requirement requirement);
/// Without it Lago does not run: the default of `require`.
inline bool is_vital(Requirement requirement) {
    return requirement < Requirement::noeviction;
}

struct Desired {
    docker::ServiceAddress address;
    std::optional<http::Tls> tls;
    std::string user;
    std::optional<Secret> password;
    bool password_follows = false;  ///< check mode: the file that will hold it is not there yet
    int db = 0;
    std::vector<Requirement> required;
    int retries = 0;
    std::chrono::seconds delay{1};
    bool may_be_missing = false;  ///< check mode: a server that is not there yet is no failure
};

/// What the server says of itself. What could not be asked is absent, with the reason beside it.
struct Observed {
    bool reached = false;
    std::string why_not_reached;
    Dict connection;
    int attempts = 1;

    std::string name = "redis";                ///< redis or valkey
    std::optional<std::string> version;        ///< the server's own
    std::optional<std::string> redis_version;  ///< the Redis it is compatible with: what clients compare
    std::optional<std::string> role;           ///< master or slave
    std::optional<std::string> mode;           ///< standalone, cluster or sentinel
    std::optional<std::int64_t> maxmemory;     ///< bytes; 0: no limit
    std::optional<std::string> maxmemory_policy;
    std::optional<bool> aof;
    std::optional<bool> snapshots;
    std::string why_no_info;
    std::string why_no_config;
    std::string why_no_scripts;        ///< empty: scripts run
    std::vector<std::string> refused;  ///< commands of Lago's that this user may not run
    bool operator==(const Observed&) const = default;
};

/// Something that Lago needs or wants and the server lacks.
struct Problem {
    Requirement requirement = Requirement::version;
    std::string kind;  ///< stable word: "too_old"
    std::string message;
    std::string hint;
    bool operator==(const Problem&) const = default;
};

/// Nothing is ever changed: the plan is what there is to say.
struct Plan {
    std::vector<Problem> problems;  ///< those that are not required
    Observed after;
    bool changed() const { return false; }
};

Desired read_options(const Options& options, bool check_mode);

/// Connects, waits where that is asked for, and asks. Throws Failure where the server cannot be asked.
Observed observe(const Desired& desired, Deadline deadline);

/// Decides; no I/O. Throws Failure where something is missing that is required.
Plan make_plan(const Desired& desired, const Observed& before);

Result report(const Plan& plan);

/// The result's keys about the server, the same in success and failure; `fit`: nothing required is missing.
Dict describe(const Observed& observed, const std::vector<Problem>& problems, bool fit);

}  // namespace lago::redis
