// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lago_database/lago_database.hpp"

/// What the parts of make_plan() share.
namespace lago::database {

inline constexpr const char* partman = "pg_partman";

/// A plan as far as it has got.
struct Draft {
    const Desired& desired;
    const Observed& before;
    Plan plan;

    Step& add(StepKind kind, const std::string& subject, std::vector<postgres::Statement> statements) {
        plan.steps.push_back({.kind = kind, .subject = subject, .statements = std::move(statements)});
        // Nothing can be done inside a database that is not there.
        plan.steps.back().outside = !plan.after.database;
        return plan.steps.back();
    }
};

[[noreturn]] inline void refuse(std::string kind, std::string what, std::string why, std::string hint) {
    throw Failure{.what = std::move(what),
                  .why = std::move(why),
                  .hint = std::move(hint),
                  .kind = std::move(kind),
                  .facts = {}};
}

inline postgres::Statement become_owner(const Desired& desired) {
    return postgres::Statement().sql("SET LOCAL ROLE ").name(desired.owner);
}

/// The steps that make one extension what was asked for.
void plan_extension(Draft& draft, const ExtensionWish& wish);
/// The steps that register enriched_events with pg_partman, where that is there.
void plan_partitions(Draft& draft);

}  // namespace lago::database
