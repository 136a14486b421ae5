// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <compare>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ansible/call.hpp"
#include "ansible/result.hpp"
#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"
#include "docker/service_address.hpp"
#include "lago/release.hpp"
#include "postgres/connection.hpp"
#include "postgres/name.hpp"
#include "postgres/statement.hpp"

namespace lago::database {

using postgres::Identifier;
using postgres::Text;

// ---- what is asked for ----

using Version = facts::Release;

/// The attributes of a role that CREATE ROLE switches, in the order in which they are written.
enum class Flag { superuser, createrole, createdb, inherit, login, replication, bypassrls };
using Flags = std::map<Flag, bool>;
/// "LOGIN" or "NOLOGIN".
std::string word(Flag flag, bool on);

/// Who runs CREATE EXTENSION.
enum class CreateAs {
    owner,  ///< the owner of the database: enough for a trusted extension
    login,  ///< the role that logs in: for an extension that needs a superuser
};

struct ExtensionWish {
    /// What it means that the server does not have the extension's files.
    enum class Missing { refuse, warn };

    Identifier name;
    std::optional<Identifier> schema = std::nullopt;
    std::optional<Text> version = std::nullopt;  ///< one version, or "latest"; nothing: any
    CreateAs create_as = CreateAs::owner;
    bool grant_to_owner = false;
    int oldest_major = 0;  ///< older ones are refused
    Missing when_missing = Missing::refuse;
};

/// What a release of Lago needs of its database, by the table in plan.cpp. `fresh`: nothing was migrated yet.
std::vector<ExtensionWish> extensions_of_lago(Version version, bool fresh);

/// How to log in.
struct Access {
    docker::ServiceAddress address;
    std::string user;
    std::optional<Secret> password;
    bool password_follows = false;  ///< check mode: the file that will hold it is not there yet
    std::string database;           ///< where to look at roles and databases from
    postgres::Tls tls;
    std::vector<std::pair<std::string, std::string>> more;
};

struct Desired {
    bool present = true;
    Identifier name;
    Identifier owner;
    std::optional<Secret> password;
    bool password_follows = false;  ///< check mode: the file that will hold it is not there yet
    Flags flags;
    std::optional<int> conn_limit;
    std::optional<std::string> encoding;
    std::optional<std::string> lc_collate;
    std::optional<std::string> lc_ctype;
    Identifier template_name;
    std::vector<ExtensionWish> extensions;  ///< as asked for, without what lago_version adds
    std::optional<Version> lago_version;
    bool verify_login = false;
    bool drop_role = false;
    bool force = false;
    Access access;

    /// All extensions: those asked for, and what lago_version adds and was not asked for.
    std::vector<ExtensionWish> all_extensions(bool fresh) const;
    bool manages_password() const { return password.has_value() || password_follows; }
};

/// `check_mode`: a password_file that does not exist yet is no failure.
Desired read_options(const Options& options, bool check_mode);

// ---- what is ----

/// What is known of the password that the role has.
enum class Password {
    none,      ///< it has none
    as_asked,  ///< the one that is asked for (or none is asked for, and it has one)
    outdated,  ///< the one that is asked for, stored as MD5 where the server stores SCRAM
    other,
    unknown,  ///< the stored form cannot be read and a login proves nothing
};

/// What a login of the owner, the way Lago does it, came to.
enum class Proof { not_tried, works, wrong_password, unproven };

struct Server {
    int version = 150000;  ///< 150020 for 15.20
    std::string full_version;
    std::string user;  ///< who is logged in
    bool superuser = false;
    bool createrole = false;
    bool createdb = false;
    bool member_of_owner = false;  ///< may become the owner (SET ROLE)
    bool read_only = false;        ///< a standby, or default_transaction_read_only
    bool operator==(const Server&) const = default;
};

struct Role {
    Flags flags;
    Password password = Password::as_asked;
    bool expired = false;  ///< VALID UNTIL has passed
    bool operator==(const Role&) const = default;
};

struct Database {
    std::string owner;
    std::string encoding = "UTF8";
    std::string lc_collate;
    std::string lc_ctype;
    int conn_limit = -1;
    bool accepts_connections = true;
    int sessions = 0;  ///< of others
    bool operator==(const Database&) const = default;
};

struct Extension {
    // of the server
    std::string available;       ///< the default version; empty: its files are not there
    bool version_known = true;   ///< the version that is asked for exists
    bool trusted = false;        ///< its creator need not be a superuser
    std::string control_schema;  ///< the one that its control file names
    // of the database
    std::string installed;  ///< the version; empty: not created
    std::string schema;
    bool relocatable = false;
    bool has_update_path = true;  ///< from the installed version to the one asked for
    bool granted = false;         ///< the owner has all privileges in its schema
    bool operator==(const Extension&) const = default;
};

/// Lago's enriched_events and pg_partman (getlago/lago#787).
enum class Partitions {
    none,                    ///< no such table, or pg_partman is not asked for
    plain,                   ///< not partitioned: it was made before pg_partman was there
    registered,              ///< as it should be
    unregistered,            ///< partitioned, unknown to pg_partman, the default partition is empty
    unregistered_with_rows,  ///< the same with rows in the default partition
    unknown,                 ///< may not be read
};

/// What is known of the inside of the database.
struct Inside {
    bool fresh = true;             ///< Lago migrated nothing yet
    bool create_on_public = true;  ///< the owner may create in schema public
    Partitions partitions = Partitions::none;
    std::vector<std::string> foreign_owners;  ///< of relations in schema public, beside the owner
    bool operator==(const Inside&) const = default;
};

/// The locale that a database gets when none is asked for: the template's.
struct Template {
    std::string lc_collate;
    std::string lc_ctype;
    bool operator==(const Template&) const = default;
};

struct Observed {
    Server server;
    std::optional<Template> template_database;  ///< looked at only where there is no database yet
    std::optional<Role> role;
    std::optional<Database> database;
    std::map<std::string, Extension> extensions;  ///< by name: all that are asked for
    Inside inside;
    Proof login = Proof::not_tried;
    std::string login_error;  ///< why the login is wrong or unproven
    bool operator==(const Observed&) const = default;
};

/// Looks at enriched_events from inside the database; `partman_schema`: that of the extension, empty where it
/// is not created. Throws Failure where the server's answers cannot be had.
Partitions observe_partitions(postgres::Connection& inside, const std::string& partman_schema,
                              Deadline deadline);

/// "en_US.UTF-8" and "en_US.utf8" are one locale, "POSIX" is "C".
std::string normalised_locale(std::string_view name);

/// The connections of a call: one to look at roles and databases from, which holds the lock outside check
/// mode, and one into the database.
class Session {
public:
    struct Unreachable {
        Failure failure;
        bool not_there_yet = false;  ///< in check mode no failure: the server may come later
    };
    static std::expected<Session, Unreachable> open(const Access& access, bool lock, Deadline deadline);

    postgres::Connection& admin() { return admin_; }
    /// Connects on the first call. Throws Failure.
    postgres::Connection& inside(const Identifier& database);
    /// Logs in as `role` with `password` in a way that proves the password: never over a line that trusts.
    Proof prove(const Identifier& role, const Secret& password, const std::string& database, bool as_lago,
                std::string& why) const;

    /// For the result's `connection`.
    Dict connection() const;
    std::vector<std::string> take_warnings();
    Deadline deadline() const { return deadline_; }
    const Access& access() const { return *access_; }

private:
    Session(const Access& access, docker::Endpoint endpoint, postgres::Connection admin, Deadline deadline);

    const Access* access_;
    docker::Endpoint endpoint_;
    postgres::Connection admin_;
    std::optional<postgres::Connection> lock_;  ///< where the lock's database is another one
    std::optional<postgres::Connection> inside_;
    Deadline deadline_;
};

/// Throws Failure where the server's answers cannot be had.
Observed observe(Session& session, const Desired& desired);

// ---- what to do ----

enum class StepKind {
    create_role,
    alter_role,
    set_password,
    join_owner,
    create_database,
    set_owner,
    set_conn_limit,
    create_extension,
    update_extension,
    move_extension,
    grant_extension,
    grant_public,
    register_partitions,
    drop_database,
    drop_role,
    prove_login,
};

struct Step {
    StepKind kind = StepKind::create_role;
    std::string subject;                          ///< the role, database or extension
    std::vector<postgres::Statement> statements;  ///< none for prove_login
    bool outside = false;  ///< by itself; the others are one transaction in the database
    /// "create role lago"
    std::string text() const;
    bool operator==(const Step&) const = default;
};

struct Plan {
    std::vector<Step> steps;  ///< those outside of the transaction first
    Observed after;
    std::vector<std::string> warnings;
    bool changed() const;
};

/// Decides; no I/O. Throws Failure where what is cannot become what is asked for.
Plan make_plan(const Desired& desired, const Observed& before);

// ---- doing and telling ----

struct Done {
    Dict connection;
    std::vector<std::string> warnings;  ///< the server's
};

/// Throws Failure that names the steps that stay done.
Done apply(Session& session, const Desired& desired, const Plan& plan);

Result report(const Desired& desired, const Observed& before, const Plan& plan, const Done& done);
/// In check mode, where there is no server yet.
Result report_unreachable(const Failure& failure);

Result run(Call& call);

}  // namespace lago::database
