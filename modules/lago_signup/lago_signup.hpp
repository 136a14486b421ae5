// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ansible/call.hpp"
#include "ansible/result.hpp"
#include "docker/service_address.hpp"
#include "http/http.hpp"
#include "system/path.hpp"
#include "system/write.hpp"
#include "text/url.hpp"

namespace lago::signup {

enum class State { disabled, enabled };
enum class Probe { off, known_email, blank };
enum class Mismatch { fail, report };

/// A file that holds the switch.
struct Target {
    enum class Kind { api_env, front_env, vars };
    Kind kind = Kind::api_env;
    system::Path path;
    std::vector<std::string> names;  ///< the variables that carry the switch in this file
    bool operator==(const Target&) const = default;
};

/// A running Lago that is asked.
struct Service {
    docker::ServiceAddress address;
    std::string path;              ///< before /health, /graphql, /env-config.js; empty or "/api"
    std::optional<http::Tls> tls;  ///< absent: plain HTTP
};

struct Desired {
    std::optional<State> state;  ///< absent: nothing is changed, only asked
    std::vector<Target> targets;
    bool change_files = true;  ///< false: the files are only compared with `state`
    bool backup = false;
    Probe probe = Probe::off;
    std::string known_email;
    std::optional<Service> api;    ///< there when `probe` is not off
    std::optional<Service> front;  ///< there when front_url is given
    Mismatch mismatch = Mismatch::fail;
    bool check_mode = false;  ///< what is not there yet is no failure then
};

/// One answer of a server, as far as it is looked at.
struct Reply {
    int status = 0;
    std::string body;
    std::string location;  ///< of a redirect
};

enum class Openness { open, closed, unknown };
std::string_view word(Openness openness);

/// What a side says about sign-up, and why it is taken to say so.
struct Verdict {
    Openness openness = Openness::unknown;
    std::string reason;          ///< a sentence without a full stop
    std::string code;            ///< the API's own error code, "signup_disabled"; may be empty
    int status = 0;              ///< of the HTTP answer; 0 where there was none
    bool answered = false;       ///< false: no connection, or what came is not HTTP
    bool not_there_yet = false;  ///< the service may simply not be running yet
    std::string error_kind;      ///< why there was no answer: "connection_refused"
    bool operator==(const Verdict&) const = default;
};

struct ObservedFile {
    bool exists = false;
    std::optional<system::Path> real;  ///< the file itself, where the path given is a symbolic link
    std::string content;
    bool operator==(const ObservedFile&) const = default;
};

struct Observed {
    std::vector<ObservedFile> files;  ///< as Desired::targets
    std::optional<Verdict> api;
    std::optional<Verdict> front;
    Dict connection;  ///< how the API was reached
};

/// One variable in one file, before and after.
struct Switch {
    std::size_t target = 0;  ///< index in Desired::targets
    std::string name;
    std::optional<std::string> before;  ///< absent: not set
    std::optional<std::string> after;
    std::size_t line = 0;                 ///< from 1; 0: not in the file
    std::vector<std::size_t> overridden;  ///< earlier lines of that name, without effect
    std::string diff_before;  ///< the line as it was, and as it will be; equal when nothing changes
    std::string diff_after;
    bool operator==(const Switch&) const = default;
};

struct Step {
    system::Path path;  ///< the file itself
    std::string content;
    bool operator==(const Step&) const = default;
};

struct Plan {
    std::vector<Step> steps;
    std::vector<Switch> switches;
    Observed after;
    bool would_change = false;  ///< check mode: a file that is to be changed is not there yet
    bool restart_required = false;
    std::vector<std::string> warnings;
    bool changed() const { return !steps.empty() || would_change; }
};

struct Done {
    std::vector<std::pair<std::string, std::string>> backups;  ///< file, its copy
};

Desired read_options(const Options& options, bool check_mode);
/// The files that may be changed are locked from here on, in sorted order.
system::FolderLock lock_files(const Desired& desired, Deadline deadline);
Observed observe(const Desired& desired, Deadline deadline);
/// Decides; no I/O. Throws Failure for a file that cannot be changed safely, and where a proof was asked for
/// and not given.
Plan make_plan(const Desired& desired, const Observed& before);
Done apply(const Desired& desired, const Plan& plan);
Result report(const Desired& desired, const Plan& plan, const Done& done);

/// Asks the API: its health, then the probe. `connection` becomes how it was reached.
Verdict ask_api(const Service& api, Probe probe, const std::string& known_email, Dict& connection,
                Deadline deadline);
/// Asks the front for its /env-config.js.
Verdict ask_front(const Service& front, Deadline deadline);
/// The request that asks the API: every field but a known e-mail is blank, so that no version of Lago can
/// create anything from it, whether the e-mail is known or not.
std::string probe_body(Probe probe, const std::string& known_email);
/// Reads the API's answer to the probe. Closed only where Lago says so in its own code; where nothing says
/// anything for sure, unknown.
Verdict judge_api(Probe probe, const Reply& health, const Reply& answer);
/// Reads the front's /env-config.js.
Verdict judge_front(const Reply& answer);
/// Adds what a side says ("api": "closed") and why ("api_evidence") to a result or to the facts of a failure.
void add_side(Dict& dict, const std::string& side, const Verdict& verdict);

}  // namespace lago::signup
