// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "lago_database/lago_database.hpp"

namespace lago::database {

namespace {

std::string_view word(Password password) {
    switch (password) {
        case Password::none:
            return "none";
        case Password::as_asked:
            return "as asked";
        case Password::outdated:
            return "as asked, stored as MD5";
        case Password::other:
            return "another";
        case Password::unknown:
            return "unknown";
    }
    return "";
}

std::string_view word(Partitions partitions) {
    switch (partitions) {
        case Partitions::none:
            return "none";
        case Partitions::plain:
            return "not partitioned";
        case Partitions::registered:
            return "registered";
        case Partitions::unregistered:
            return "not registered";
        case Partitions::unregistered_with_rows:
            return "not registered, with rows in the default partition";
        case Partitions::unknown:
            return "unknown";
    }
    return "";
}

Value role_shown(const Desired& desired, const std::optional<Role>& role) {
    if (!role) return {};
    std::string attributes;
    for (const auto& [flag, on] : role->flags) attributes += (attributes.empty() ? "" : " ") + word(flag, on);
    Dict shown{{"attributes", attributes}};
    if (desired.present && desired.manages_password()) shown.set("password", word(role->password));
    return shown;
}

Value database_shown(const std::optional<Database>& database) {
    if (!database) return {};
    Dict shown{
        {"owner", database->owner}, {"encoding", database->encoding}, {"conn_limit", database->conn_limit}};
    shown.set("lc_collate", normalised_locale(database->lc_collate));
    shown.set("lc_ctype", normalised_locale(database->lc_ctype));
    return shown;
}

Dict extensions_shown(const Observed& state) {
    Dict shown;
    for (const auto& [name, extension] : state.extensions)
        if (!extension.installed.empty())
            shown.set(name, Dict{{"version", extension.installed},
                                 {"schema", extension.schema},
                                 {"granted_to_owner", extension.granted}});
    return shown;
}

/// What a difference is made of: the same for what is and for what will be.
Dict shown(const Desired& desired, const Observed& state) {
    Dict made{{"role", role_shown(desired, state.role)}, {"database", database_shown(state.database)}};
    if (!desired.present) return made;
    made.set("extensions", extensions_shown(state));
    if (state.database) made.set("owner_may_create_in_public", state.inside.create_on_public);
    if (state.inside.partitions != Partitions::none)
        made.set("enriched_events", word(state.inside.partitions));
    return made;
}

bool sets_password(const Plan& plan) {
    return std::ranges::any_of(plan.steps, [](const Step& step) {
        return std::ranges::any_of(step.statements, &postgres::Statement::has_password);
    });
}

std::string_view password_state(const Desired& desired, const Plan& plan) {
    if (!desired.present || !desired.manages_password()) return "unmanaged";
    return sets_password(plan) ? "set" : "unchanged";
}

Dict version_shown(const Server& server) {
    return {
        {"full", server.full_version}, {"major", server.version / 10000}, {"minor", server.version % 10000}};
}

std::vector<std::string> queries(const Plan& plan) {
    std::vector<std::string> texts;
    for (const Step& step : plan.steps)
        for (const postgres::Statement& statement : step.statements) texts.push_back(statement.shown());
    return texts;
}

}  // namespace

Result report(const Desired& desired, const Observed& before, const Plan& plan, const Done& done) {
    Result result;
    result.changed = plan.changed();
    result.returned = {{"queries", list_of(queries(plan))},
                       {"connection", done.connection},
                       {"server_version", version_shown(before.server)},
                       {"password_state", password_state(desired, plan)}};
    if (desired.present) result.returned.set("extensions", extensions_shown(plan.after));
    result.diff = Diff{{DiffPart{.before = shown(desired, before),
                                 .after = shown(desired, plan.after),
                                 .before_header = "",
                                 .after_header = ""}}};
    result.warnings = plan.warnings;
    std::ranges::copy(done.warnings, std::back_inserter(result.warnings));
    return result;
}

Result report_unreachable(const Failure& failure) {
    Result result;
    result.changed = true;
    result.warnings.push_back("PostgreSQL is not there yet, so what would change is not known: " +
                              failure.what + ": " + failure.why);
    return result;
}

}  // namespace lago::database
