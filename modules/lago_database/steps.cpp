// SPDX-License-Identifier: GPL-3.0-or-later
// The steps of a plan in words.
#include <algorithm>

#include "lago_database/lago_database.hpp"

namespace lago::database {

std::string Step::text() const {
    switch (kind) {
        case StepKind::create_role:
            return "create role " + subject;
        case StepKind::alter_role:
            return "alter role " + subject;
        case StepKind::set_password:
            return "set the password of " + subject;
        case StepKind::join_owner:
            return "become a member of " + subject;
        case StepKind::create_database:
            return "create database " + subject;
        case StepKind::set_owner:
            return "set the owner of database " + subject;
        case StepKind::set_conn_limit:
            return "set the connection limit of database " + subject;
        case StepKind::create_extension:
            return "create extension " + subject;
        case StepKind::update_extension:
            return "update extension " + subject;
        case StepKind::move_extension:
            return "move extension " + subject;
        case StepKind::grant_extension:
            return "grant the owner extension " + subject;
        case StepKind::grant_public:
            return "grant the owner schema " + subject;
        case StepKind::register_partitions:
            return "register " + subject + " with pg_partman";
        case StepKind::drop_database:
            return "drop database " + subject;
        case StepKind::drop_role:
            return "drop role " + subject;
        case StepKind::prove_login:
            return "log in as " + subject;
    }
    return subject;
}

bool Plan::changed() const {
    return std::ranges::any_of(steps, [](const Step& step) { return step.kind != StepKind::prove_login; });
}

}  // namespace lago::database
