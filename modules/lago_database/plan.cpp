// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>

#include "lago_database/lago_database.hpp"

namespace lago::database {

namespace {

using postgres::Statement;

constexpr int oldest_server = 130000;  // trusted extensions, DROP DATABASE … WITH (FORCE)
constexpr const char* partman = "pg_partman";

[[noreturn]] void refuse(std::string kind, std::string what, std::string why, std::string hint) {
    throw Failure{.what = std::move(what),
                  .why = std::move(why),
                  .hint = std::move(hint),
                  .kind = std::move(kind),
                  .facts = {}};
}

/// What a release of Lago needs, from the release on. Sources: Lago's migrations and db/structure.sql at the
/// tags. unaccent: until 1.27.0 Lago creates it without IF NOT EXISTS, so that one made beforehand stops its
/// migrations.
struct Need {
    Version from;
    const char* extension;
    const char* schema;
    CreateAs create_as;
    bool grant_to_owner;
    int oldest_major;
};
constexpr std::array lago_needs = {
    Need{{0, 1, 0}, "pgcrypto", "public", CreateAs::owner, false, 0},
    Need{{1, 27, 1}, "unaccent", "public", CreateAs::owner, false, 0},
    Need{{1, 41, 0}, partman, "partman", CreateAs::login, true, 5},
    Need{{1, 48, 0}, "pg_trgm", "public", CreateAs::owner, false, 0},
    Need{{1, 48, 0}, "btree_gin", "public", CreateAs::owner, false, 0},
};

int major_of(std::string_view version) {
    int number = 0;
    std::from_chars(version.data(), version.data() + version.size(), number);
    return number;
}

/// Builds the plan of `state: present`, in the order of the state table.
class Present {
public:
    Present(const Desired& desired, const Observed& before) : desired_(desired), before_(before) {
        plan_.after = before;
    }

    Plan make() {
        refuse_what_cannot_change();
        if (!before_.role) create_role();
        if (needs_membership()) join_owner();
        if (!before_.database) create_database();
        if (before_.role) alter_role();
        if (before_.database) alter_database();
        for (const ExtensionWish& wish : desired_.all_extensions(before_.inside.fresh)) extension(wish);
        public_schema();
        partitions();
        prove_login();
        warn();
        return std::move(plan_);
    }

private:
    Step& add(StepKind kind, const std::string& subject, std::vector<Statement> statements) {
        plan_.steps.push_back({.kind = kind, .subject = subject, .statements = std::move(statements)});
        // Nothing can be done inside a database that is not there.
        plan_.steps.back().outside = !plan_.after.database;
        return plan_.steps.back();
    }

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
        add(StepKind::create_role, desired_.owner.string(), {std::move(create)});
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
            add(StepKind::alter_role, desired_.owner.string(), {std::move(alter)});
            for (const auto& [flag, on] : changed) role.flags[flag] = on;
        }
        if (!desired_.manages_password() || role.password == Password::as_asked) return;
        Statement set;
        set.sql("ALTER ROLE ").name(desired_.owner).sql(" PASSWORD ").password();
        add(StepKind::set_password, desired_.owner.string(), {std::move(set)});
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
        add(StepKind::join_owner, desired_.owner.string(),
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
        add(StepKind::create_database, desired_.name.string(), {std::move(create)});
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
            add(StepKind::set_owner, desired_.name.string(),
                {Statement()
                     .sql("ALTER DATABASE ")
                     .name(desired_.name)
                     .sql(" OWNER TO ")
                     .name(desired_.owner)});
            database.owner = desired_.owner.string();
        }
        if (desired_.conn_limit && database.conn_limit != *desired_.conn_limit) {
            add(StepKind::set_conn_limit, desired_.name.string(),
                {Statement()
                     .sql("ALTER DATABASE ")
                     .name(desired_.name)
                     .sql(" CONNECTION LIMIT " + std::to_string(*desired_.conn_limit))});
            database.conn_limit = *desired_.conn_limit;
        }
    }

    void extension(const ExtensionWish& wish) {
        Extension& extension = plan_.after.extensions[wish.name.string()];
        if (extension.installed.empty()) {
            if (!may_create(wish, extension)) return;
            create_extension(wish, extension);
        } else {
            refuse_old(wish, wish.version ? wanted_version(wish, extension) : extension.installed);
            update_extension(wish, extension);
            move_extension(wish, extension);
        }
        if (wish.grant_to_owner && !extension.granted) grant_extension(wish, extension);
    }

    static std::string wanted_version(const ExtensionWish& wish, const Extension& extension) {
        return wish.version && wish.version->string() != "latest" ? wish.version->string()
                                                                  : extension.available;
    }

    static void refuse_old(const ExtensionWish& wish, const std::string& version) {
        if (major_of(version) >= wish.oldest_major) return;
        refuse("extension_too_old", "extension " + wish.name.string() + " cannot be used",
               "version " + version + " is older than " + std::to_string(wish.oldest_major) +
                   ", and the migrations of Lago fail with it",
               "Install " + wish.name.string() + " " + std::to_string(wish.oldest_major) +
                   " on the server, for instance with the image getlago/postgres-partman, or take its "
                   "package away");
    }

    bool may_create(const ExtensionWish& wish, const Extension& extension) {
        const std::string& name = wish.name.string();
        if (extension.available.empty()) {
            const std::string why = "the server has no extension " + name;
            const std::string hint = "Install its package on the database server";
            if (wish.when_missing == ExtensionWish::Missing::refuse)
                refuse("extension_missing", "extension " + name + " cannot be created", why, hint);
            plan_.warnings.push_back(why + ": Lago runs, but enriched_events stays one table. " + hint +
                                     " before the migration to have it partitioned");
            return false;
        }
        if (!extension.version_known)
            refuse("extension_version", "extension " + name + " cannot be created",
                   "the server has no version " + wish.version->string() + " of it, its default is " +
                       extension.available,
                   "Ask for that one, or leave the version out");
        refuse_old(wish, wanted_version(wish, extension));
        const bool owner_is_superuser = plan_.after.role && plan_.after.role->flags.at(Flag::superuser);
        if (wish.create_as == CreateAs::owner && !extension.trusted && !owner_is_superuser)
            refuse("no_permission", "extension " + name + " cannot be created",
                   "only a superuser may create it, and " + desired_.owner.string() + " is none",
                   "Set create_as to login, and log in as a superuser");
        return true;
    }

    void create_extension(const ExtensionWish& wish, Extension& extension) {
        const bool as_owner =
            wish.create_as == CreateAs::owner && before_.server.user != desired_.owner.string();
        const std::string schema = wish.schema                         ? wish.schema->string()
                                   : !extension.control_schema.empty() ? extension.control_schema
                                                                       : "public";
        const Identifier schema_name(schema, "extensions.schema");
        std::vector<Statement> statements;
        if (as_owner) statements.push_back(become_owner());
        if (schema != "public" && schema != "pg_catalog")
            statements.push_back(Statement().sql("CREATE SCHEMA IF NOT EXISTS ").name(schema_name));
        Statement create;
        create.sql("CREATE EXTENSION IF NOT EXISTS ").name(wish.name).sql(" SCHEMA ").name(schema_name);
        if (wish.version && wish.version->string() != "latest")
            create.sql(" VERSION ").literal(*wish.version);
        statements.push_back(std::move(create));
        if (as_owner) statements.push_back(Statement().sql("RESET ROLE"));
        add(StepKind::create_extension, wish.name.string(), std::move(statements));
        extension.installed = wanted_version(wish, extension);
        extension.schema = schema;
        extension.granted = false;
    }

    void update_extension(const ExtensionWish& wish, Extension& extension) {
        if (!wish.version) return;
        const std::string version = wanted_version(wish, extension);
        if (version == extension.installed || version.empty()) return;
        const std::string what = "extension " + wish.name.string() + " cannot be updated";
        if (!extension.version_known || !extension.has_update_path)
            refuse("extension_version", what,
                   "the server has no way from version " + extension.installed + " to " + version,
                   "Ask for another version, or leave it out");
        Statement update;
        update.sql("ALTER EXTENSION ")
            .name(wish.name)
            .sql(" UPDATE TO ")
            .literal(Text(version, "extensions.version"));
        add(StepKind::update_extension, wish.name.string(), {std::move(update)});
        extension.installed = version;
    }

    void move_extension(const ExtensionWish& wish, Extension& extension) {
        if (!wish.schema || wish.schema->string() == extension.schema) return;
        if (!extension.relocatable)
            refuse("extension_schema", "extension " + wish.name.string() + " cannot be moved",
                   "it is in schema " + extension.schema + " and cannot leave it",
                   "Ask for that schema, or drop the extension and let this module create it");
        add(StepKind::move_extension, wish.name.string(),
            {Statement().sql("CREATE SCHEMA IF NOT EXISTS ").name(*wish.schema),
             Statement().sql("ALTER EXTENSION ").name(wish.name).sql(" SET SCHEMA ").name(*wish.schema)});
        extension.schema = wish.schema->string();
        extension.granted = false;
    }

    // What pg_partman's README asks for a role that is no superuser; create_parent also makes a table in the
    // schema.
    void grant_extension(const ExtensionWish& wish, Extension& extension) {
        const Identifier schema(extension.schema, "extensions.schema");
        std::vector<Statement> statements;
        statements.push_back(
            Statement().sql("GRANT ALL ON SCHEMA ").name(schema).sql(" TO ").name(desired_.owner));
        for (const char* things :
             {"ALL ON ALL TABLES", "EXECUTE ON ALL FUNCTIONS", "EXECUTE ON ALL PROCEDURES"})
            statements.push_back(Statement()
                                     .sql("GRANT " + std::string(things) + " IN SCHEMA ")
                                     .name(schema)
                                     .sql(" TO ")
                                     .name(desired_.owner));
        add(StepKind::grant_extension, wish.name.string(), std::move(statements));
        extension.granted = true;
    }

    void public_schema() {
        const bool own_template = !before_.database && desired_.template_name.string() != "template0";
        if (before_.inside.create_on_public && !own_template) return;
        add(StepKind::grant_public, "public",
            {Statement().sql("GRANT ALL ON SCHEMA public TO ").name(desired_.owner)});
        plan_.after.inside.create_on_public = true;
    }

    Statement become_owner() const { return Statement().sql("SET LOCAL ROLE ").name(desired_.owner); }

    void partitions() {
        const Partitions state = before_.inside.partitions;
        const auto found = plan_.after.extensions.find(partman);
        if (found == plan_.after.extensions.end() || found->second.installed.empty()) return;
        if (state == Partitions::plain)
            plan_.warnings.emplace_back(
                "table enriched_events is not partitioned: it was made before pg_partman was there, and no "
                "migration "
                "of Lago converts it. See \"Retroactive setup\" in Lago's docs/database_partitioning.md");
        if (state == Partitions::unknown)
            plan_.warnings.emplace_back(
                "whether enriched_events is registered with pg_partman cannot be read by " +
                before_.server.user);
        if (state != Partitions::unregistered && state != Partitions::unregistered_with_rows) return;
        register_partitions(Identifier(found->second.schema, "schema"),
                            state == Partitions::unregistered_with_rows);
        plan_.after.inside.partitions = Partitions::registered;
    }

    // As Lago's own migration (20260109132143) registers it. The structure that Lago loads has made the
    // default partition already: an empty one is kept, from a filled one the rows move into the months they
    // belong to.
    void register_partitions(const Identifier& schema, bool with_rows) {
        std::vector<Statement> statements;
        statements.push_back(become_owner());
        statements.push_back(Statement().sql("LOCK TABLE public.enriched_events IN ACCESS EXCLUSIVE MODE"));
        if (with_rows) {
            statements.push_back(Statement().sql(
                "ALTER TABLE public.enriched_events DETACH PARTITION public.enriched_events_default"));
            statements.push_back(Statement().sql(
                "ALTER TABLE public.enriched_events_default RENAME TO enriched_events_unregistered"));
        }
        const std::string start =
            with_rows
                ? "(SELECT to_char(LEAST(date_trunc('month', min(\"timestamp\")), TIMESTAMP '2024-12-01'),"
                  " 'YYYY-MM-DD') FROM public.enriched_events_unregistered)"
                : "'2024-12-01'";
        statements.push_back(Statement().sql("SELECT ").name(schema).sql(
            ".create_parent(p_parent_table := 'public.enriched_events', p_control := 'timestamp',"
            " p_interval := '1 month', p_type := 'range', p_premake := 3, p_start_partition := " +
            start + (with_rows ? ")" : ", p_default_table := false)")));
        statements.push_back(Statement().sql("UPDATE ").name(schema).sql(
            ".part_config SET infinite_time_partitions = true, retention = '14 months',"
            " retention_keep_table = true WHERE parent_table = 'public.enriched_events'"));
        if (with_rows) {
            statements.push_back(Statement().sql(
                "INSERT INTO public.enriched_events SELECT * FROM public.enriched_events_unregistered"));
            statements.push_back(Statement().sql(
                "DO $$ BEGIN IF (SELECT count(*) FROM public.enriched_events)"
                " <> (SELECT count(*) FROM public.enriched_events_unregistered)"
                " THEN RAISE EXCEPTION 'rows of enriched_events would be lost'; END IF; END $$"));
            statements.push_back(Statement().sql("DROP TABLE public.enriched_events_unregistered"));
        }
        statements.push_back(Statement().sql("RESET ROLE"));
        add(StepKind::register_partitions, "enriched_events", std::move(statements));
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
        add(StepKind::prove_login, desired_.owner.string(), {});
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
    Plan plan_;
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

std::vector<ExtensionWish> extensions_of_lago(Version version, bool fresh) {
    std::vector<ExtensionWish> wishes;
    for (const Need& need : lago_needs) {
        if (version < need.from) continue;
        // A migrated database goes on without pg_partman; the structure that a fresh one is loaded from names
        // it.
        const bool can_do_without = std::string_view(need.extension) == partman && !fresh;
        wishes.push_back(
            {.name = Identifier(need.extension, "lago_version"),
             .schema = std::nullopt,
             .version = std::nullopt,
             .create_as = need.create_as,
             .grant_to_owner = need.grant_to_owner,
             .oldest_major = need.oldest_major,
             .when_missing = can_do_without ? ExtensionWish::Missing::warn : ExtensionWish::Missing::refuse});
        if (std::string_view(need.schema) != "public")
            wishes.back().schema = Identifier(need.schema, "lago_version");
    }
    return wishes;
}

std::vector<ExtensionWish> Desired::all_extensions(bool fresh) const {
    std::vector<ExtensionWish> all = extensions;
    if (!lago_version) return all;
    for (ExtensionWish& wish : extensions_of_lago(*lago_version, fresh)) {
        const auto asked = std::ranges::find(all, wish.name, &ExtensionWish::name);
        if (asked == all.end())
            all.push_back(std::move(wish));
        else
            asked->oldest_major = wish.oldest_major;
    }
    return all;
}

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
