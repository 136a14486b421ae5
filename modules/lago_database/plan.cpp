// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "lago_database/draft.hpp"

namespace lago::database {

namespace {

using postgres::Statement;

constexpr int oldest_server = 130000;  // trusted extensions, DROP DATABASE … WITH (FORCE)

/// Builds the plan of `state: present`, in the order of the state table.
class Present {
public:
    Present(const Desired& desired, const Observed& before)
        : desired_(desired),
          before_(before),
          draft_{.desired = desired, .before = before, .plan = {.after = before}} {}

    Plan make() {
        refuse_what_cannot_change();
        if (!before_.role) create_role();
        if (needs_membership()) join_owner();
        if (!before_.database) create_database();
        if (before_.role) alter_role();
        if (before_.database) alter_database();
        for (const ExtensionWish& wish : desired_.all_extensions(before_.inside.fresh))
            plan_extension(draft_, wish);
        public_schema();
        plan_partitions(draft_);
        prove_login();
        warn();
        return std::move(plan_);
    }

private:
    void refuse_what_cannot_change() const {
        if (!before_.database) return;
        const Database& database = *before_.database;
        const std::string what = "database " + desired_.name.string() + " cannot be changed as asked";
        const std::string way_out =
            "Dump it with pg_dump, drop it, let this module create it, and restore the dump; or "
            "ask for what it has";
        if (desired_.encoding && *desired_.encoding != database.encoding)
            refuse("encoding", what, "its encoding is " + database.encoding + ", not " + *desired_.encoding,
                   way_out);
        if (desired_.lc_collate &&
            normalised_locale(*desired_.lc_collate) != normalised_locale(database.lc_collate))
            refuse("locale", what,
                   "its lc_collate is " + database.lc_collate + ", not " + *desired_.lc_collate, way_out);
        if (desired_.lc_ctype &&
            normalised_locale(*desired_.lc_ctype) != normalised_locale(database.lc_ctype))
            refuse("locale", what, "its lc_ctype is " + database.lc_ctype + ", not " + *desired_.lc_ctype,
                   way_out);
        if (!database.accepts_connections)
            refuse("no_connections", what, "it accepts no connections",
                   "Run ALTER DATABASE … ALLOW_CONNECTIONS true, if that is not on purpose");
    }

    /// The attributes that will be asked for: a role that is to log in must be allowed to.
    Flags wanted_flags() const {
        Flags flags = desired_.flags;
        flags.emplace(Flag::login, true);
        return flags;
    }

    void refuse_flags_without_superuser(const Flags& changed) const {
        for (const Flag flag : {Flag::superuser, Flag::replication, Flag::bypassrls})
            if (changed.contains(flag) && !before_.server.superuser && before_.server.version < 160000)
                refuse("no_permission", "role " + desired_.owner.string() + " cannot be made as asked",
                       "only a superuser may set " + word(flag, changed.at(flag)) + ", and " +
                           before_.server.user + " is none",
                       "Log in as a superuser (login_user)");
    }

    void create_role() {
        if (!before_.server.superuser && !before_.server.createrole)
            refuse("no_permission", "role " + desired_.owner.string() + " cannot be created",
                   before_.server.user + " has neither SUPERUSER nor CREATEROLE",
                   "Log in as a role that has (login_user)");
        Flags made = {{Flag::superuser, false}, {Flag::createrole, false}, {Flag::createdb, false},
                      {Flag::inherit, true},    {Flag::login, false},      {Flag::replication, false},
                      {Flag::bypassrls, false}};  // CREATE ROLE's own defaults
        refuse_flags_without_superuser(desired_.flags);
        Statement create;
        create.sql("CREATE ROLE ").name(desired_.owner);
        for (const auto& [flag, on] : wanted_flags()) {
            create.sql(" " + word(flag, on));
            made[flag] = on;
        }
        if (desired_.manages_password()) create.sql(" PASSWORD ").password();
        draft_.add(StepKind::create_role, desired_.owner.string(), {std::move(create)});
        plan_.after.role = Role{
            .flags = made, .password = desired_.manages_password() ? Password::as_asked : Password::none};
        if (!desired_.manages_password()) plan_.after.role->password = Password::as_asked;
    }

    void alter_role() {
        Role& role = *plan_.after.role;
        Flags changed;
        for (const auto& [flag, on] : wanted_flags())
            if (role.flags.at(flag) != on) changed[flag] = on;
        refuse_flags_without_superuser(changed);
        if (!changed.empty()) {
            Statement alter;
            alter.sql("ALTER ROLE ").name(desired_.owner);
            for (const auto& [flag, on] : changed) alter.sql(" " + word(flag, on));
            draft_.add(StepKind::alter_role, desired_.owner.string(), {std::move(alter)});
            for (const auto& [flag, on] : changed) role.flags[flag] = on;
        }
        if (!desired_.manages_password() || role.password == Password::as_asked) return;
        Statement set;
        set.sql("ALTER ROLE ").name(desired_.owner).sql(" PASSWORD ").password();
        draft_.add(StepKind::set_password, desired_.owner.string(), {std::move(set)});
        role.password = Password::as_asked;
    }

    /// Only a superuser may hand something to a role that it is not a member of.
    bool needs_membership() const {
        if (before_.server.superuser || before_.server.member_of_owner ||
            before_.server.user == desired_.owner.string())
            return false;
        if (!before_.database || before_.database->owner != desired_.owner.string()) return true;
        return std::ranges::any_of(desired_.all_extensions(before_.inside.fresh),
                                   [&](const ExtensionWish& wish) {
                                       const Extension& extension = before_.extensions.at(wish.name.string());
                                       return wish.create_as == CreateAs::owner &&
                                              extension.installed.empty() && !extension.available.empty();
                                   });
    }

    void join_owner() {
        draft_.add(StepKind::join_owner, desired_.owner.string(),
                   {Statement().sql("GRANT ").name(desired_.owner).sql(" TO CURRENT_USER")});
        plan_.after.server.member_of_owner = true;
    }

    void create_database() {
        if (!before_.server.superuser && !before_.server.createdb)
            refuse("no_permission", "database " + desired_.name.string() + " cannot be created",
                   before_.server.user + " has neither SUPERUSER nor CREATEDB",
                   "Log in as a role that has (login_user)");
        if (!before_.template_database)
            refuse("template_missing", "database " + desired_.name.string() + " cannot be created",
                   "there is no database " + desired_.template_name.string() + " to copy it from",
                   "Set template to one that is there, such as template0");
        Statement create;
        create.sql("CREATE DATABASE ").name(desired_.name).sql(" OWNER ").name(desired_.owner);
        create.sql(" TEMPLATE ").name(desired_.template_name);
        create.sql(" ENCODING ").literal(Text(desired_.encoding.value_or("UTF8"), "encoding"));
        if (desired_.lc_collate) create.sql(" LC_COLLATE ").literal(Text(*desired_.lc_collate, "lc_collate"));
        if (desired_.lc_ctype) create.sql(" LC_CTYPE ").literal(Text(*desired_.lc_ctype, "lc_ctype"));
        if (desired_.conn_limit) create.sql(" CONNECTION LIMIT " + std::to_string(*desired_.conn_limit));
        draft_.add(StepKind::create_database, desired_.name.string(), {std::move(create)});
        plan_.after.template_database.reset();
        plan_.after.database =
            Database{.owner = desired_.owner.string(),
                     .encoding = desired_.encoding.value_or("UTF8"),
                     .lc_collate = desired_.lc_collate.value_or(before_.template_database->lc_collate),
                     .lc_ctype = desired_.lc_ctype.value_or(before_.template_database->lc_ctype),
                     .conn_limit = desired_.conn_limit.value_or(-1)};
    }

    void alter_database() {
        Database& database = *plan_.after.database;
        if (database.owner != desired_.owner.string()) {
            draft_.add(StepKind::set_owner, desired_.name.string(),
                       {Statement()
                            .sql("ALTER DATABASE ")
                            .name(desired_.name)
                            .sql(" OWNER TO ")
                            .name(desired_.owner)});
            database.owner = desired_.owner.string();
        }
        if (desired_.conn_limit && database.conn_limit != *desired_.conn_limit) {
            draft_.add(StepKind::set_conn_limit, desired_.name.string(),
                       {Statement()
                            .sql("ALTER DATABASE ")
                            .name(desired_.name)
                            .sql(" CONNECTION LIMIT " + std::to_string(*desired_.conn_limit))});
            database.conn_limit = *desired_.conn_limit;
        }
    }

    void public_schema() {
        const bool own_template = !before_.database && desired_.template_name.string() != "template0";
        if (before_.inside.create_on_public && !own_template) return;
        draft_.add(StepKind::grant_public, "public",
                   {Statement().sql("GRANT ALL ON SCHEMA public TO ").name(desired_.owner)});
        plan_.after.inside.create_on_public = true;
    }

    void prove_login() {
        if (!desired_.verify_login) return;
        const bool changes = std::ranges::any_of(plan_.steps, [](const Step& step) {
            return step.kind == StepKind::create_role || step.kind == StepKind::alter_role ||
                   step.kind == StepKind::set_password || step.kind == StepKind::create_database;
        });
        if (before_.login == Proof::works && !changes) return;
        if (!changes)
            refuse("login_refused", desired_.owner.string() + " cannot log in the way Lago does",
                   before_.login_error,
                   "The password is the one that the server has stored: see its pg_hba.conf and limits");
        draft_.add(StepKind::prove_login, desired_.owner.string(), {});
        plan_.after.login = Proof::works;
        plan_.after.login_error.clear();
    }

    void warn() {
        if (before_.role && before_.role->password == Password::unknown)
            plan_.warnings.push_back(
                "whether " + desired_.owner.string() +
                " has this password cannot be found out: its stored form cannot be read by " +
                before_.server.user + ", and a login over this way proves nothing. It is set again");
        if (before_.role && before_.role->expired)
            plan_.warnings.push_back("the password of " + desired_.owner.string() +
                                     " has expired (VALID UNTIL): Lago cannot log in");
        if (before_.database && desired_.lago_version && before_.database->encoding != "UTF8")
            plan_.warnings.push_back("the encoding of database " + desired_.name.string() + " is " +
                                     before_.database->encoding + ": Lago needs UTF8");
        if (!before_.inside.foreign_owners.empty()) {
            std::string owners;
            for (const std::string& owner : before_.inside.foreign_owners)
                owners += (owners.empty() ? "" : ", ") + owner;
            plan_.warnings.push_back(
                "schema public holds tables that do not belong to " + desired_.owner.string() + " but to " +
                owners +
                ": Lago's migrations cannot alter them. REASSIGN OWNED in that database hands them "
                "over");
        }
    }

    const Desired& desired_;
    const Observed& before_;
    Draft draft_;
    Plan& plan_ = draft_.plan;
};

Plan plan_absent(const Desired& desired, const Observed& before) {
    Plan plan{.steps = {}, .after = before, .warnings = {}};
    if (before.database) {
        if (before.database->sessions > 0 && !desired.force)
            refuse("in_use", "database " + desired.name.string() + " is not dropped",
                   std::to_string(before.database->sessions) + " sessions are connected to it",
                   "Stop what uses it, or set force to close the sessions");
        Statement drop;
        drop.sql("DROP DATABASE ").name(desired.name);
        if (desired.force) drop.sql(" WITH (FORCE)");
        plan.steps.push_back({StepKind::drop_database, desired.name.string(), {std::move(drop)}, true});
        plan.after.database.reset();
    }
    if (before.role && desired.drop_role) {
        if (before.server.user == desired.owner.string())
            refuse("bad_option", "role " + desired.owner.string() + " is not dropped",
                   "it is the one that is logged in", "Log in as another role (login_user)");
        plan.steps.push_back({StepKind::drop_role,
                              desired.owner.string(),
                              {Statement().sql("DROP ROLE ").name(desired.owner)},
                              true});
        plan.after.role.reset();
    }
    return plan;
}

}  // namespace

Plan make_plan(const Desired& desired, const Observed& before) {
    if (before.server.version < oldest_server)
        refuse("server_too_old", "this server cannot be used",
               "it is PostgreSQL " + before.server.full_version,
               "Lago and this module need PostgreSQL 13 or newer");
    Plan plan = desired.present ? Present(desired, before).make() : plan_absent(desired, before);
    if (plan.changed() && before.server.read_only)
        refuse("read_only", "cannot " + plan.steps.front().text(),
               "the server is a standby, or default_transaction_read_only is on",
               "Connect to the primary server");
    return plan;
}

}  // namespace lago::database
