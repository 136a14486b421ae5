// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/failure.hpp"
#include "lago_redis/lago_redis.hpp"
#include "redis/info.hpp"

namespace lago::redis {

namespace {

using Found = std::optional<Problem>;

constexpr auto oldest = "6.2";  // Sidekiq 7 does not start on an older one

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : std::string(between)) + part;
    return text;
}

Problem not_known(Requirement requirement, const std::string& fact, const std::string& why,
                  const std::string& permission) {
    const std::string reason = why.empty() ? "the server does not say" : why;
    return {requirement, "not_known", fact + " is not known: " + reason,
            why.empty() ? "Use a Redis or Valkey that reports it"
                        : "Give the user " + permission + ", or take " + std::string(word(requirement)) +
                              " out of require"};
}

Found about_version(const Observed& is) {
    if (!is.redis_version) return not_known(Requirement::version, "the version", is.why_no_info, "+info");
    if (compare_versions(*is.redis_version, oldest) >= 0) return std::nullopt;
    return Problem{Requirement::version, "too_old",
                   "the server is version " + *is.redis_version + ", and Lago's Sidekiq needs " + oldest,
                   "Use Redis 6.2 or newer, or Valkey"};
}

Found about_role(const Observed& is) {
    if (is.mode == "sentinel") return std::nullopt;
    if (!is.role) return not_known(Requirement::master, "its role", is.why_no_info, "+info");
    if (*is.role == "master") return std::nullopt;
    return Problem{Requirement::master, "replica", "it is a replica, which takes no writes",
                   "Give the address of the master"};
}

Found about_mode(const Observed& is) {
    if (!is.mode) return not_known(Requirement::standalone, "its mode", is.why_no_info, "+info");
    if (*is.mode == "standalone") return std::nullopt;
    if (*is.mode == "sentinel")
        return Problem{Requirement::standalone, "sentinel", "it is a Sentinel, which holds no data",
                       "Give the address of the master that it watches"};
    return Problem{
        Requirement::standalone, "cluster", "it is part of a cluster",
        "Use one Redis with cluster-enabled no: jobs and locks need keys of several slots at once"};
}

Found about_scripts(const Observed& is) {
    if (is.why_no_scripts.empty()) return std::nullopt;
    return Problem{Requirement::scripting, "scripting", "scripts are refused: " + is.why_no_scripts,
                   "Give the user +@scripting, and do not rename EVAL and EVALSHA"};
}

Found about_commands(const Observed& is) {
    if (is.refused.empty()) return std::nullopt;
    return Problem{
        Requirement::commands, "no_permission", "the user may not run " + joined(is.refused, ", "),
        "Give the user all keys, channels and data commands (ACL SETUSER name ~* &* +@all -@dangerous "
        "+info +keys)"};
}

Found about_eviction(const Observed& is) {
    if (!is.maxmemory_policy)
        return not_known(Requirement::noeviction, "maxmemory-policy", is.why_no_info, "+info");
    if (*is.maxmemory_policy == "noeviction") return std::nullopt;
    return Problem{Requirement::noeviction, "eviction",
                   "maxmemory-policy is " + *is.maxmemory_policy + ", which drops jobs when memory is full",
                   "Set maxmemory-policy noeviction"};
}

Found about_persistence(const Observed& is) {
    if (is.aof == true || is.snapshots == true) return std::nullopt;
    if (!is.aof) return not_known(Requirement::persistence, "what is saved to disk", is.why_no_info, "+info");
    if (!is.snapshots)
        return not_known(Requirement::persistence, "whether snapshots are saved", is.why_no_config,
                         "+config|get");
    return Problem{Requirement::persistence, "no_persistence",
                   "nothing is saved to disk, so a restart loses invoices and webhooks that wait as jobs",
                   "Set appendonly yes"};
}

std::vector<Problem> problems_of(const Observed& is) {
    std::vector<Problem> problems;
    for (Found found : {about_version(is), about_role(is), about_mode(is), about_scripts(is),
                        about_commands(is), about_eviction(is), about_persistence(is)})
        if (found) problems.push_back(std::move(*found));
    if (is.mode != "sentinel") return problems;
    std::erase_if(problems, [](const Problem& problem) { return problem.kind == "not_known"; });
    return problems;
}

Failure unfit(const Observed& is, const std::vector<Problem>& problems,
              const std::vector<Problem>& required) {
    std::vector<std::string> messages;
    std::vector<std::string> hints;
    for (const Problem& problem : required) {
        messages.push_back(problem.message);
        hints.push_back(problem.hint);
    }
    return {.what = "this Redis is not fit for Lago",
            .why = joined(messages, "; "),
            .hint = joined(hints, ". "),
            .kind = required.front().kind,
            .facts = describe(is, problems, false)};
}

}  // namespace

std::string_view word(Requirement requirement) {
    switch (requirement) {
        case Requirement::version:
            return "version";
        case Requirement::master:
            return "master";
        case Requirement::standalone:
            return "standalone";
        case Requirement::scripting:
            return "scripting";
        case Requirement::commands:
            return "commands";
        case Requirement::noeviction:
            return "noeviction";
        case Requirement::persistence:
            return "persistence";
    }
    return "unknown";
}

Plan make_plan(const Desired& desired, const Observed& before) {
    if (!before.reached) return {.problems = {}, .after = before};
    std::vector<Problem> problems = problems_of(before);
    std::vector<Problem> required;
    std::ranges::copy_if(problems, std::back_inserter(required), [&](const Problem& problem) {
        return std::ranges::find(desired.required, problem.requirement) != desired.required.end();
    });
    if (!required.empty()) throw unfit(before, problems, required);
    return {.problems = std::move(problems), .after = before};
}

}  // namespace lago::redis
