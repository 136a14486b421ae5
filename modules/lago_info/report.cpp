// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "lago_info/lago_info.hpp"

namespace lago::info {

namespace {

Value text_or_null(const std::string& text) {
    return text.empty() ? Value() : Value(text);
}

Value name_or_null(const std::optional<facts::Release>& release) {
    return release ? Value(release->name()) : Value();
}

List names_of(const std::vector<facts::Release>& releases) {
    List names;
    for (const facts::Release& release : releases) names.emplace_back(release.name());
    return names;
}

void add_trouble(Dict& dict, const std::optional<Trouble>& trouble) {
    if (!trouble) return;
    dict.set("why", trouble->why);
    dict.set("error_kind", trouble->kind);
}

Dict unit_of(const Unit& unit, const FoundUnit& is) {
    Dict dict{{"name", unit.name},
              {"kind", unit.kind},
              {"file_exists", is.file_exists},
              {"active_state", is.state ? Value(word(is.state->active)) : Value()},
              {"sub_state", is.state ? text_or_null(is.state->sub_state) : Value()},
              {"enabled", is.state ? Value(is.state->is_enabled()) : Value()},
              {"running", is.container ? Value(is.container->running) : Value()},
              {"image", text_or_null(is.container && !is.container->image.empty() ? is.container->image
                                                                                  : is.file_image)},
              {"file_image", text_or_null(is.file_image)},
              {"config_label", is.container ? text_or_null(is.container->config_label) : Value()}};
    return dict;
}

Dict health_of(const Health& is) {
    Dict dict{{"healthy", is.healthy}};
    if (is.status != 0) dict.set("status", is.status);
    if (!is.version.empty()) dict.set("version", is.version);
    add_trouble(dict, is.trouble);
    return dict;
}

Dict signup_of(const Plan& plan) {
    Dict evidence;
    Dict dict;
    const auto add = [&](const std::string& side, const std::optional<Side>& is) {
        if (!is) return;
        dict.set(side, word(is->openness));
        evidence.set(side, is->evidence);
    };
    add("api", plan.api);
    add("front", plan.front);
    dict.set("evidence", std::move(evidence));
    return dict;
}

bool is_fit(const std::vector<redis::Problem>& problems) {
    for (const redis::Problem& problem : problems)
        if (redis::is_vital(problem.requirement)) return false;
    return true;
}

Dict redis_of(const Redis& is, const std::vector<redis::Problem>& problems) {
    if (is.seen) return redis::describe(*is.seen, problems, is_fit(problems));
    Dict dict{{"reachable", false}, {"fit", false}};
    add_trouble(dict, is.trouble);
    return dict;
}

std::string_view word(database::Partitions partitions) {
    using enum database::Partitions;
    switch (partitions) {
        case none:
            return "none";
        case plain:
            return "plain";
        case registered:
            return "registered";
        case unregistered:
        case unregistered_with_rows:
            return "unregistered";
        case unknown:
            break;
    }
    return "unknown";
}

Dict database_of(const Desired& desired, const Database& is) {
    Dict dict{{"reached", is.reached}};
    if (is.reached) dict.set("connection", is.connection);
    if (is.reached && !is.trouble && desired.asks(Part::database)) {
        dict.set("roles", is.roles ? Value(*is.roles) : Value());
        dict.set("partitions", word(is.partitions));
    }
    add_trouble(dict, is.trouble);
    return dict;
}

Dict upgrade_of(const facts::Way& way) {
    return {{"allowed", way.allowed()},       {"verdict", facts::word(way.verdict)},
            {"from", name_or_null(way.from)}, {"to", name_or_null(way.to)},
            {"stops", names_of(way.stops)},   {"why", way.why}};
}

List problems_of(const Plan& plan) {
    List list;
    for (const Problem& problem : plan.problems)
        list.emplace_back(Dict{{"part", word(problem.part)},
                               {"what", problem.what},
                               {"why", problem.why},
                               {"hint", problem.hint}});
    return list;
}

Value tag_of(const std::string& image) {
    if (const auto release = facts::release_of_image(image)) return release->name();
    return text_or_null(image);
}

}  // namespace

Result report(const Desired& desired, const Observed& before, const Plan& plan) {
    Result result{.changed = false, .returned = {}, .diff = {}, .warnings = plan.warnings, .disclosed = {}};
    Dict& returned = result.returned;
    returned.set("installed", plan.installed);
    returned.set("base_path_exists", before.base_path_exists);
    const auto migration = before.database ? before.database->newest_migration : std::nullopt;
    returned.set("version", Dict{{"units", tag_of(plan.image)},
                                 {"schema", names_of(plan.schema)},
                                 {"newest_migration", migration ? Value(*migration) : Value()}});
    List units;
    for (std::size_t at = 0; at < desired.units.size(); ++at)
        units.emplace_back(unit_of(desired.units[at], before.units[at]));
    returned.set("units", std::move(units));
    if (before.health) returned.set("health", health_of(*before.health));
    if (plan.api || plan.front) returned.set("signup", signup_of(plan));
    if (before.redis) returned.set("redis", redis_of(*before.redis, plan.redis_problems));
    if (before.redis_cache)
        returned.set("redis_cache", redis_of(*before.redis_cache, plan.redis_cache_problems));
    if (before.database) returned.set("database", database_of(desired, *before.database));
    if (plan.upgrade) returned.set("upgrade", upgrade_of(*plan.upgrade));
    returned.set("changed_secrets", list_of(plan.changed_secrets));
    returned.set("problems", problems_of(plan));
    return result;
}

}  // namespace lago::info
