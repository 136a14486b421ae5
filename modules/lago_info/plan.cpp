// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "lago/secrets.hpp"
#include "lago_info/lago_info.hpp"
#include "text/secret_text.hpp"

namespace lago::info {

namespace {

using facts::Release;
using signup::Openness;

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
    return text;
}

std::vector<std::string> names_of(const std::vector<Release>& releases) {
    std::vector<std::string> names;
    for (const Release& release : releases) names.push_back(release.name());
    return names;
}

// The value that Lago takes: an encryption secret's own name wins over the other, also where it is empty.
std::optional<Secret> deployed_secret(const Secret& env_file, const std::string& name) {
    const auto value = [&](std::string_view variable) -> std::optional<Secret> {
        const auto found = text::secret_variable(env_file, variable);
        return found ? *found : std::nullopt;
    };
    const auto other = facts::other_name(name);
    if (!other) return value(name);
    const bool bare = other->size() > name.size();
    const auto first = value(bare ? name : *other);
    return first ? first : value(bare ? *other : name);
}

bool is_encryption(const std::string& name) {
    return facts::other_name(name).has_value();
}

class Judge {
public:
    Judge(const Desired& desired, const Observed& before) : desired_(desired), before_(before) {}

    Plan judge() {
        plan_.installed = std::ranges::any_of(before_.units, &FoundUnit::file_exists);
        plan_.image = api_image();
        judge_release();
        judge_secrets();
        judge_upgrade();
        judge_ports();
        if (before_.env_trouble) add(Part::units, env_file() + " cannot be read", *before_.env_trouble);
        if (plan_.installed) judge_deployment();
        if (desired_.warn)
            for (const Problem& problem : plan_.problems) plan_.warnings.push_back(sentence(problem));
        return std::move(plan_);
    }

private:
    static std::string sentence(const Problem& problem) {
        return problem.what + (problem.why.empty() ? "" : ": " + problem.why) +
               (problem.hint.empty() ? "" : ". " + problem.hint);
    }

    void add(Part part, std::string what, std::string why, std::string hint) {
        plan_.problems.push_back({part, std::move(what), std::move(why), std::move(hint)});
    }
    void add(Part part, std::string what, const Trouble& trouble) {
        add(part, std::move(what), trouble.why, trouble.hint);
    }

    const FoundUnit* found(std::string_view kind) const {
        const auto at = std::ranges::find(desired_.units, kind, &Unit::kind);
        return at == desired_.units.end()
                   ? nullptr
                   : &before_.units[static_cast<std::size_t>(at - desired_.units.begin())];
    }

    std::string env_file() const { return desired_.env_file ? desired_.env_file->string() : "the env file"; }

    // What runs says more than what is written down.
    std::string api_image() const {
        const FoundUnit* const api = found("api");
        if (api == nullptr) return {};
        return api->container && !api->container->image.empty() ? api->container->image : api->file_image;
    }

    void judge_release() {
        if (before_.database && before_.database->newest_migration)
            plan_.schema = facts::releases_of_schema(*before_.database->newest_migration);
        plan_.release = facts::release_of_image(plan_.image);
        if (!plan_.release && before_.health) plan_.release = facts::parse_release(before_.health->version);
        if (!plan_.release && !plan_.schema.empty()) plan_.release = plan_.schema.front();
    }

    void judge_secrets() {
        for (const auto& [name, expected] : desired_.expected_secrets) {
            if (expected.empty() || !before_.env.content) continue;
            const auto deployed = deployed_secret(*before_.env.content, name);
            if (deployed && !deployed->empty() && !deployed->same_as(expected))
                plan_.changed_secrets.push_back(name);
        }
        if (desired_.refuse_secrets && before_.env_trouble)
            throw Failure{.what = env_file() + " cannot be compared with the secrets that are to be deployed",
                          .why = before_.env_trouble->why,
                          .hint = before_.env_trouble->hint,
                          .kind = before_.env_trouble->kind,
                          .facts = {{"path", env_file()}}};
        refuse_other_encryption();
        for (const std::string& name : plan_.changed_secrets)
            if (!is_encryption(name))
                plan_.warnings.push_back(name + " is another one than in " + env_file() +
                                         (name == "SECRET_KEY_BASE"
                                              ? ": everybody has to log in again, and links to stored files "
                                                "and customer portals end"
                                              : ""));
    }

    void refuse_other_encryption() {
        std::vector<std::string> names;
        std::ranges::copy_if(plan_.changed_secrets, std::back_inserter(names), is_encryption);
        if (names.empty() || desired_.accept_encryption_change) return;
        const Problem problem{
            .part = Part::database,
            .what = joined(names) + " would change",
            .why = env_file() +
                   " has another value, and the keys of payment providers and integrations that are "
                   "stored under it become unreadable for good",
            .hint = "Put the deployed value back, or set accept_encryption_change to lose them"};
        if (desired_.refuse_secrets)
            throw Failure{.what = problem.what,
                          .why = problem.why,
                          .hint = problem.hint,
                          .kind = "encryption_change",
                          .facts = {{"changed_secrets", list_of(plan_.changed_secrets)}}};
        plan_.problems.push_back(problem);
    }

    void judge_upgrade() {
        if (!desired_.target_version) return;
        const bool migrated = before_.database && before_.database->newest_migration;
        const bool looked = before_.database && before_.database->reached && !before_.database->trouble;
        plan_.upgrade =
            facts::way_to(*desired_.target_version, {.schema = plan_.schema,
                                                     .migrated = migrated,
                                                     .database_empty = looked && !migrated,
                                                     .image = plan_.installed ? plan_.image : std::string()});
        const facts::Way& way = *plan_.upgrade;
        if (way.verdict == facts::Way::Verdict::unchecked) plan_.warnings.push_back(way.why);
        if (way.allowed()) return;
        const std::string what = "Lago cannot be brought to " + way.to->name() + " in one step";
        const std::string stops = way.stops.empty() ? "" : ". All stops: " + joined(names_of(way.stops));
        const std::string hint =
            way.stops.empty()
                ? "Deploy " + way.from->name() + " or a later one, or restore a backup of the older one"
                : "Deploy " + way.stops.front().name() + " next and follow its migration guide, then go on" +
                      stops;
        if (desired_.refuse_upgrade)
            throw Failure{.what = what,
                          .why = way.why,
                          .hint = hint,
                          .kind = "upgrade_refused",
                          .facts = {{"stops", list_of(names_of(way.stops))}}};
        add(Part::schema, what, way.why, hint);
    }

    void judge_ports() {
        for (const Taken& taken : before_.taken) {
            const auto& [address, port, inode] = taken.listener;
            const bool is_six = address.find(':') != std::string::npos;
            const std::string where = (is_six ? "[" + address + "]" : address) + ":" + std::to_string(port);
            const Problem problem{
                .part = Part::units,
                .what = "port " + std::to_string(port) + ", where " + desired_.units[taken.unit].name +
                        " is to be reached, is taken",
                .why = (taken.owner.empty() ? "somebody" : taken.owner) + " listens on " + where,
                .hint = "Stop that, or publish this unit on another port"};
            if (desired_.refuse_ports)
                throw Failure{.what = problem.what,
                              .why = problem.why,
                              .hint = problem.hint,
                              .kind = "port_taken",
                              .facts = {{"port", static_cast<std::int64_t>(port)}}};
            plan_.problems.push_back(problem);
        }
    }

    void judge_deployment() {
        judge_units();
        judge_health();
        if (desired_.asks(Part::signup)) judge_signup();
        if (before_.redis) plan_.redis_problems = judge_redis("Redis", *before_.redis);
        if (before_.redis_cache)
            plan_.redis_cache_problems = judge_redis("the Redis of the cache", *before_.redis_cache);
        if (before_.database) judge_database(*before_.database);
    }

    void judge_units() {
        if (!desired_.asks(Part::units)) return;
        if (before_.systemd) add(Part::units, "the units' states are not known", *before_.systemd);
        if (before_.docker) add(Part::units, "the containers are not known", *before_.docker);
        for (std::size_t at = 0; at < desired_.units.size(); ++at)
            judge_unit(desired_.units[at], before_.units[at]);
    }

    void judge_unit(const Unit& unit, const FoundUnit& is) {
        if (!is.file_exists) {
            add(Part::units, unit.name + " is not installed",
                "there is no file of it in " + desired_.systemd_path.string(),
                "Run the playbook, which writes it");
            return;
        }
        if (is.state && !is.state->is_active())
            add(Part::units, unit.name + " is not running",
                "systemd says " + std::string(word(is.state->active)) + " (" + is.state->sub_state + ")",
                "Look at its journal: journalctl -u " + unit.name);
        const bool runs = is.container && is.container->running && !is.container->image.empty();
        if (runs && !is.file_image.empty() && is.container->image != is.file_image)
            add(Part::units, unit.name + " runs another image than its file names",
                "it runs " + is.container->image + ", the file names " + is.file_image,
                "Restart it: systemctl restart " + unit.name);
    }

    void judge_health() {
        if (!before_.health || before_.health->healthy) return;
        add(Part::health, "the API is not healthy", before_.health->trouble.value_or(Trouble{}));
    }

    void judge_signup() {
        plan_.api = judge_api();
        plan_.front = judge_front();
        if (plan_.release) judge_restart("api", before_.env, facts::signup_variable(*plan_.release));
        judge_restart("front", before_.front_env, "LAGO_DISABLE_SIGNUP");
        if (plan_.api && plan_.front && plan_.api->openness == Openness::open &&
            plan_.front->openness == Openness::closed)
            add(Part::signup, "anybody can sign up through the API, although the front hides it",
                plan_.api->evidence, "Set the switch for the API as well, and restart it (getlago/lago#220)");
    }

    // What is in the env file comes with the next start only.
    void judge_restart(std::string_view kind, const EnvFile& env, std::string_view name) {
        const FoundUnit* const is = found(kind);
        if (is == nullptr || !is->container || !is->container->running || !env.content || name.empty())
            return;
        const auto is_set = [&](const std::vector<std::string>& switches) {
            return std::ranges::find(switches, name) != switches.end();
        };
        if (is_set(is->container->switches) == is_set(env.switches)) return;
        const std::string unit = desired_.unit(kind)->name;
        add(Part::signup, unit + " runs with another switch for sign-up than its env file has",
            std::string(name) +
                (is_set(env.switches) ? " is true in the file only" : " is true in the container only"),
            "Restart it: systemctl restart " + unit);
    }

    std::optional<Side> judge_api() const {
        const FoundUnit* const api = found("api");
        if (api == nullptr) return std::nullopt;
        const auto& answer = before_.api_answer;
        if (answer && answer->openness != Openness::unknown) return Side{answer->openness, answer->reason};
        if (!api->container || !api->container->running)
            return Side{Openness::unknown, "its container is not running"};
        Side side = judge_environment(plan_.release, api->container->switches);
        if (answer) side.evidence += "; it was asked as well: " + answer->reason;
        return side;
    }

    std::optional<Side> judge_front() const {
        const FoundUnit* const front = found("front");
        if (front == nullptr) return std::nullopt;
        const auto& answer = before_.front_answer;
        if (answer && answer->openness != Openness::unknown) return Side{answer->openness, answer->reason};
        if (answer) return Side{Openness::unknown, answer->reason};
        return Side{Openness::unknown, "its container is not running"};
    }

    std::vector<redis::Problem> judge_redis(const std::string& which, const Redis& is) {
        if (is.trouble) add(Part::redis, which + " cannot be used", *is.trouble);
        if (!is.seen) return {};
        std::vector<redis::Problem> problems = redis::make_plan({}, *is.seen).problems;
        for (const redis::Problem& problem : problems)
            add(Part::redis,
                which + (redis::is_vital(problem.requirement) ? " is not fit for Lago" : " may lose jobs"),
                problem.message, problem.hint);
        return problems;
    }

    void judge_database(const Database& is) {
        if (is.trouble)
            add(Part::database, is.reached ? "the database cannot be read" : "the database cannot be used",
                *is.trouble);
        if (!is.reached) return;
        judge_schema(is);
        if (!desired_.asks(Part::database)) return;
        const auto at_least = [&](const Release& release) {
            return !plan_.schema.empty() && plan_.schema.front() >= release;
        };
        if (at_least(facts::roles_in_table) && is.roles == 0)
            add(Part::database, "Lago's predefined roles are missing",
                "sign-up and the first organisation need them",
                "Run in the API's container: bundle exec rails roles:seed_predefined (getlago/lago#685)");
        if (at_least(facts::partitioned_events)) judge_partitions(is.partitions);
    }

    void judge_schema(const Database& is) {
        if (is.trouble) return;
        if (!is.newest_migration) {
            add(Part::schema, "Lago has migrated nothing in its database yet",
                "there are no entries in schema_migrations",
                "The API's unit migrates when it starts: look at its journal");
            return;
        }
        const auto tag = facts::release_of_image(plan_.image);
        const std::string_view wanted = tag ? facts::schema_of(*tag) : std::string_view();
        if (!wanted.empty() && *is.newest_migration < wanted)
            add(Part::schema, "the database is behind " + tag->name(),
                "its newest migration is " + *is.newest_migration + ", not " + std::string(wanted),
                "The migration has not run or has failed: look at the journal of the API's unit");
    }

    void judge_partitions(database::Partitions partitions) {
        using enum database::Partitions;
        if (partitions == unregistered || partitions == unregistered_with_rows)
            add(Part::database, "enriched_events is not registered with pg_partman",
                "no partitions are made, and all rows go to the default one",
                "mash.lago.lago_database repairs it with lago_version (getlago/lago#787)");
    }

    const Desired& desired_;
    const Observed& before_;
    Plan plan_;
};

}  // namespace

Side judge_environment(const std::optional<Release>& release, const std::vector<std::string>& switches) {
    const auto is_set = [&](std::string_view name) {
        return std::ranges::find(switches, name) != switches.end();
    };
    if (release) {
        const std::string name(facts::signup_variable(*release));
        if (name.empty()) return {Openness::open, release->name() + " has no switch for sign-up"};
        return is_set(name) ? Side{Openness::closed, name + " is true in the container's environment"}
                            : Side{Openness::open, name + " is not true in the container's environment"};
    }
    if (switches.empty()) return {Openness::open, "no switch is true in the container's environment"};
    if (is_set("LAGO_DISABLE_SIGNUP") && is_set("LAGO_SIGNUP_DISABLED"))
        return {Openness::closed, "both switches are true in the container's environment"};
    return {Openness::unknown, "the release is not known, and with it which of the two switches counts"};
}

Plan make_plan(const Desired& desired, const Observed& before) {
    return Judge(desired, before).judge();
}

}  // namespace lago::info
