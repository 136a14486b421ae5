// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago_redis/lago_redis.hpp"

namespace lago::redis {

namespace {

template <class T>
void set_known(Dict& dict, const std::string& key, const std::optional<T>& value) {
    if (value) dict.set(key, *value);
}

Dict server_of(const Observed& observed) {
    Dict server{{"name", observed.name}};
    set_known(server, "version", observed.version);
    set_known(server, "redis_version", observed.redis_version);
    set_known(server, "role", observed.role);
    set_known(server, "mode", observed.mode);
    set_known(server, "maxmemory", observed.maxmemory);
    set_known(server, "maxmemory_policy", observed.maxmemory_policy);
    set_known(server, "aof", observed.aof);
    set_known(server, "snapshots", observed.snapshots);
    if (observed.mode != "sentinel") server.set("scripting", observed.why_no_scripts.empty());
    return server;
}

List list_of_problems(const std::vector<Problem>& problems) {
    List list;
    for (const Problem& problem : problems)
        list.emplace_back(Dict{{"requirement", word(problem.requirement)},
                               {"kind", problem.kind},
                               {"message", problem.message},
                               {"hint", problem.hint}});
    return list;
}

}  // namespace

Dict describe(const Observed& observed, const std::vector<Problem>& problems, bool fit) {
    Dict dict{{"reachable", observed.reached}, {"attempts", observed.attempts}};
    if (!observed.reached) return dict;
    dict.set("fit", fit);
    dict.set("connection", observed.connection);
    dict.set("server", server_of(observed));
    dict.set("problems", list_of_problems(problems));
    return dict;
}

Result report(const Plan& plan) {
    Result result;
    result.returned = describe(plan.after, plan.problems, true);
    if (!plan.after.reached)
        result.warnings.push_back("Redis is not there yet, and would be checked: " +
                                  plan.after.why_not_reached);
    for (const Problem& problem : plan.problems)
        result.warnings.push_back("Redis: " + problem.message + ". " + problem.hint + ".");
    return result;
}

}  // namespace lago::redis
