// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "lago_database/lago_database.hpp"
#include "postgres/verifier.hpp"

namespace lago::database {

namespace {

using postgres::Connection;
using postgres::Rows;
using postgres::Statement;

/// A question whose answer is needed to go on.
Rows ask(Connection& connection, std::string_view about, std::string_view sql,
         const Connection::Parameters& parameters, Deadline deadline) {
    auto rows = connection.query(sql, parameters, deadline);
    if (!rows) throw to_failure(rows.error(), "cannot read " + std::string(about));
    return std::move(*rows);
}

Server observe_server(Session& session, const Desired& desired) {
    Connection& admin = session.admin();
    const std::string become = admin.server_version() >= 160000 ? "SET" : "MEMBER";
    const Rows rows =
        ask(admin, "the server's settings",
            "SELECT r.rolname, r.rolsuper, r.rolcreaterole, r.rolcreatedb,"
            " pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on',"
            " COALESCE((SELECT pg_has_role(r.oid, o.oid, $2) FROM pg_roles o WHERE o.rolname = $1),"
            " false)"
            " FROM pg_roles r WHERE r.rolname = current_user",
            {desired.owner.string(), become}, session.deadline());
    return {.version = admin.server_version(),
            .full_version = admin.parameter("server_version"),
            .user = rows.text(0, 0),
            .superuser = rows.flag(0, 1),
            .createrole = rows.flag(0, 2),
            .createdb = rows.flag(0, 3),
            .member_of_owner = rows.flag(0, 5),
            .read_only = rows.flag(0, 4)};
}

bool stores_scram(Session& session) {
    return ask(session.admin(), "password_encryption", "SELECT current_setting('password_encryption')", {},
               session.deadline())
               .text(0, 0) == "scram-sha-256";
}

/// The stored form, checked with the password; nothing where it may not be read.
std::optional<Password> stored_password(Session& session, const Desired& desired) {
    const Rows allowed = ask(session.admin(), "the privileges on pg_authid",
                             "SELECT has_column_privilege('pg_catalog.pg_authid', 'rolpassword', 'SELECT')",
                             {}, session.deadline());
    if (!allowed.flag(0, 0)) return std::nullopt;
    const Rows rows =
        ask(session.admin(), "the role's password", "SELECT rolpassword FROM pg_authid WHERE rolname = $1",
            {desired.owner.string()}, session.deadline());
    const std::optional<Secret> stored = rows.secret(0, 0);
    if (!stored) return Password::none;
    if (!desired.password) return Password::other;  // it comes from a file that is not there yet
    if (postgres::matches(*stored, *desired.password, desired.owner.string()) != postgres::Match::yes)
        return Password::other;
    const bool outdated = postgres::form_of(*stored) == postgres::Form::md5 &&
                          postgres::form_of(*desired.password) == postgres::Form::clear &&
                          stores_scram(session);
    return outdated ? Password::outdated : Password::as_asked;
}

Password observe_password(Session& session, const Desired& desired) {
    if (!desired.manages_password()) return Password::as_asked;
    if (const auto stored = stored_password(session, desired)) return *stored;
    if (!desired.password || postgres::form_of(*desired.password) != postgres::Form::clear)
        return Password::unknown;
    std::string why;
    switch (session.prove(desired.owner, *desired.password, desired.name.string(), false, why)) {
        case Proof::works:
            return Password::as_asked;
        case Proof::wrong_password:
            return Password::other;
        default:
            return Password::unknown;
    }
}

std::optional<Role> observe_role(Session& session, const Desired& desired) {
    const Rows rows =
        ask(session.admin(), "the role",
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolinherit, rolcanlogin, rolreplication,"
            " rolbypassrls, COALESCE(rolvaliduntil < now(), false) FROM pg_roles WHERE rolname = $1",
            {desired.owner.string()}, session.deadline());
    if (rows.empty()) return std::nullopt;
    Role role;
    for (int column = 0; column <= static_cast<int>(Flag::bypassrls); ++column)
        role.flags[static_cast<Flag>(column)] = rows.flag(0, column);
    role.expired = rows.flag(0, 7);
    if (desired.present) role.password = observe_password(session, desired);
    return role;
}

std::optional<Database> observe_database(Session& session, const Desired& desired) {
    const Rows rows =
        ask(session.admin(), "the database",
            "SELECT r.rolname, pg_encoding_to_char(d.encoding), d.datcollate, d.datctype, d.datconnlimit,"
            " d.datallowconn,"
            " (SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid AND a.pid <> pg_backend_pid())"
            " FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = $1",
            {desired.name.string()}, session.deadline());
    if (rows.empty()) return std::nullopt;
    return Database{.owner = rows.text(0, 0),
                    .encoding = rows.text(0, 1),
                    .lc_collate = rows.text(0, 2),
                    .lc_ctype = rows.text(0, 3),
                    .conn_limit = static_cast<int>(rows.number(0, 4)),
                    .accepts_connections = rows.flag(0, 5),
                    .sessions = static_cast<int>(rows.number(0, 6))};
}

std::optional<Template> observe_template(Session& session, const Desired& desired) {
    const Rows rows = ask(session.admin(), "the template",
                          "SELECT datcollate, datctype FROM pg_database WHERE datname = $1",
                          {desired.template_name.string()}, session.deadline());
    if (rows.empty()) return std::nullopt;
    return Template{.lc_collate = rows.text(0, 0), .lc_ctype = rows.text(0, 1)};
}

std::string wanted_version(const ExtensionWish& wish, const std::string& available) {
    if (!wish.version || wish.version->string() == "latest") return available;
    return wish.version->string();
}

Extension available_extension(Connection& admin, const ExtensionWish& wish, Deadline deadline) {
    const Rows rows = ask(admin, "the extensions of the server",
                          "SELECT a.default_version, v.trusted OR NOT v.superuser, v.schema,"
                          " $2 IN ('', 'latest') OR EXISTS (SELECT FROM pg_available_extension_versions o"
                          "  WHERE o.name = a.name AND o.version = $2)"
                          " FROM pg_available_extensions a LEFT JOIN pg_available_extension_versions v"
                          "  ON v.name = a.name AND v.version = a.default_version WHERE a.name = $1",
                          {wish.name.string(), wish.version ? wish.version->string() : ""}, deadline);
    if (rows.empty()) return {};
    Extension extension;
    extension.available = rows.text(0, 0);
    extension.trusted = rows.flag(0, 1);
    extension.control_schema = rows.text(0, 2);
    extension.version_known = rows.flag(0, 3);
    return extension;
}

void observe_installed(Connection& inside, const ExtensionWish& wish, Extension& extension,
                       Deadline deadline) {
    const Rows rows =
        ask(inside, "the extensions of the database",
            "SELECT e.extversion, n.nspname, e.extrelocatable, e.extversion = $2 OR EXISTS"
            " (SELECT FROM pg_extension_update_paths(e.extname) p"
            "  WHERE p.source = e.extversion AND p.target = $2 AND p.path IS NOT NULL)"
            " FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = $1",
            {wish.name.string(), wanted_version(wish, extension.available)}, deadline);
    if (rows.empty()) return;
    extension.installed = rows.text(0, 0);
    extension.schema = rows.text(0, 1);
    extension.relocatable = rows.flag(0, 2);
    extension.has_update_path = rows.flag(0, 3);
}

bool owner_has_all(Connection& inside, const std::string& owner, const std::string& schema,
                   Deadline deadline) {
    return ask(inside, "the privileges of the owner",
               "SELECT has_schema_privilege(r.oid, n.oid, 'CREATE') AND has_schema_privilege(r.oid, n.oid, "
               "'USAGE')"
               " AND NOT EXISTS (SELECT FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE',"
               "   'TRUNCATE', 'REFERENCES', 'TRIGGER']) needed WHERE c.relnamespace = n.oid"
               "   AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT has_table_privilege(r.oid, c.oid, needed))"
               " AND NOT EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = n.oid"
               "   AND NOT has_function_privilege(r.oid, p.oid, 'EXECUTE'))"
               " FROM pg_roles r, pg_namespace n WHERE r.rolname = $1 AND n.nspname = $2",
               {owner, schema}, deadline)
        .flag(0, 0);
}

/// Whether a question about a table has an answer "yes"; nothing where it may not be read.
std::optional<bool> ask_table(Connection& connection, const Statement& question, Deadline deadline) {
    const auto rows = connection.execute(question, std::nullopt, deadline);
    if (rows) return rows->flag(0, 0);
    if (rows.error().kind == postgres::ErrorKind::not_permitted) return std::nullopt;
    throw to_failure(rows.error(), "cannot read the partitions of enriched_events");
}

std::vector<std::string> foreign_owners(Connection& inside, const std::string& owner, Deadline deadline) {
    const Rows rows = ask(inside, "the owners of the tables",
                          "SELECT DISTINCT pg_get_userbyid(c.relowner) FROM pg_class c"
                          " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
                          " AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND pg_get_userbyid(c.relowner) <> $1"
                          " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass"
                          "  AND d.objid = c.oid AND d.deptype = 'e') ORDER BY 1",
                          {owner}, deadline);
    std::vector<std::string> owners;
    for (int row = 0; row < rows.size(); ++row) owners.push_back(rows.text(row, 0));
    return owners;
}

bool nothing_migrated(Connection& inside, Deadline deadline) {
    return ask(inside, "the migrations of Lago", "SELECT to_regclass('public.schema_migrations') IS NULL", {},
               deadline)
        .flag(0, 0);
}

bool may_create_on_public(Connection& inside, const std::string& owner, Deadline deadline) {
    const Rows rows = ask(inside, "the privileges on schema public",
                          "SELECT has_schema_privilege(r.oid, n.oid, 'CREATE') AND"
                          " has_schema_privilege(r.oid, n.oid, 'USAGE')"
                          " FROM pg_roles r, pg_namespace n WHERE r.rolname = $1 AND n.nspname = 'public'",
                          {owner}, deadline);
    return rows.empty() || rows.flag(0, 0);
}

void observe_inside(Session& session, const Desired& desired, Observed& observed) {
    Connection& inside = session.inside(desired.name);
    const Deadline deadline = session.deadline();
    const std::string& owner = desired.owner.string();
    observed.inside.fresh = nothing_migrated(inside, deadline);
    // The database's owner may become another one: what it may then is read from the role as it is, except
    // that being the owner includes creating in public from version 15 on.
    observed.inside.create_on_public = may_create_on_public(inside, owner, deadline);
    observed.inside.foreign_owners = foreign_owners(inside, owner, deadline);
    for (const ExtensionWish& wish : desired.all_extensions(observed.inside.fresh)) {
        Extension extension = available_extension(session.admin(), wish, deadline);
        observe_installed(inside, wish, extension, deadline);
        if (!extension.schema.empty() && wish.grant_to_owner && observed.role)
            extension.granted = owner_has_all(inside, owner, extension.schema, deadline);
        if (wish.name.string() == "pg_partman")
            observed.inside.partitions = observe_partitions(inside, extension.schema, deadline);
        observed.extensions.emplace(wish.name.string(), std::move(extension));
    }
}

void observe_login(Session& session, const Desired& desired, Observed& observed) {
    if (!desired.verify_login || !desired.password || !observed.role || !observed.database) return;
    observed.login =
        session.prove(desired.owner, *desired.password, desired.name.string(), true, observed.login_error);
}

}  // namespace

Partitions observe_partitions(Connection& inside, const std::string& partman_schema, Deadline deadline) {
    const Rows table = ask(inside, "table enriched_events",
                           "SELECT c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                           " WHERE n.nspname = 'public' AND c.relname = 'enriched_events'",
                           {}, deadline);
    if (table.empty()) return Partitions::none;
    if (table.text(0, 0) != "p") return Partitions::plain;
    if (!partman_schema.empty()) {
        Statement registered;
        registered.sql("SELECT EXISTS (SELECT FROM ")
            .name(Identifier(partman_schema, "schema"))
            .sql(".part_config WHERE parent_table = 'public.enriched_events')");
        const auto answer = ask_table(inside, registered, deadline);
        if (!answer) return Partitions::unknown;
        if (*answer) return Partitions::registered;
    }
    const Rows default_partition =
        ask(inside, "table enriched_events_default",
            "SELECT to_regclass('public.enriched_events_default') IS NOT NULL", {}, deadline);
    if (!default_partition.flag(0, 0)) return Partitions::unregistered;
    Statement filled;
    filled.sql("SELECT EXISTS (SELECT FROM public.enriched_events_default)");
    const auto answer = ask_table(inside, filled, deadline);
    if (!answer) return Partitions::unknown;
    return *answer ? Partitions::unregistered_with_rows : Partitions::unregistered;
}

std::string normalised_locale(std::string_view name) {
    if (name == "POSIX") return "C";
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) return std::string(name);
    const std::size_t end = std::min(name.find('@', dot), name.size());
    std::string made(name.substr(0, dot + 1));
    for (const char character : name.substr(dot + 1, end - dot - 1)) {
        if (character == '-' || character == '_') continue;
        made += character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
    }
    return made + std::string(name.substr(end));
}

Observed observe(Session& session, const Desired& desired) {
    Observed observed;
    observed.server = observe_server(session, desired);
    observed.role = observe_role(session, desired);
    observed.database = observe_database(session, desired);
    if (!desired.present) return observed;
    if (!observed.database) observed.template_database = observe_template(session, desired);
    if (observed.database && observed.database->accepts_connections) {
        observe_inside(session, desired, observed);
    } else {
        for (const ExtensionWish& wish : desired.all_extensions(true))
            observed.extensions.emplace(wish.name.string(),
                                        available_extension(session.admin(), wish, session.deadline()));
    }
    observe_login(session, desired, observed);
    return observed;
}

}  // namespace lago::database
