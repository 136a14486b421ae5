// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "lago_database/lago_database.hpp"

using namespace lago;
using namespace lago::database;
using enum StepKind;

namespace {

Desired wanting() {
    return {.present = true,
            .name = Identifier("lago", "name"),
            .owner = Identifier("lago", "owner"),
            .password = std::nullopt,
            .flags = {},
            .conn_limit = std::nullopt,
            .encoding = std::nullopt,
            .lc_collate = std::nullopt,
            .lc_ctype = std::nullopt,
            .template_name = Identifier("template0", "template"),
            .extensions = {},
            .lago_version = std::nullopt,
            .access = {}};
}

Desired wanting_password() {
    Desired desired = wanting();
    desired.password = Secret(std::string_view("correct horse"));
    return desired;
}

Desired wanting_absent() {
    Desired desired = wanting();
    desired.present = false;
    return desired;
}

Desired wanting_extension(const std::string& name) {
    Desired desired = wanting();
    desired.extensions.push_back({.name = Identifier(name, "extensions.name")});
    return desired;
}

Desired wanting_lago(Version version) {
    Desired desired = wanting();
    desired.lago_version = version;
    return desired;
}

Observed empty_server() {
    Observed observed;
    observed.server = {.version = 150020, .full_version = "15.20", .user = "postgres", .superuser = true};
    observed.template_database = Template{.lc_collate = "en_US.UTF-8", .lc_ctype = "en_US.UTF-8"};
    return observed;
}

/// What MASH's own step has made: owner lago, C locale.
Observed made_by_mash() {
    Observed observed = empty_server();
    observed.role = Role{.flags = {{Flag::superuser, false},
                                   {Flag::createrole, false},
                                   {Flag::createdb, false},
                                   {Flag::inherit, true},
                                   {Flag::login, true},
                                   {Flag::replication, false},
                                   {Flag::bypassrls, false}}};
    observed.database = Database{.owner = "lago", .encoding = "UTF8", .lc_collate = "C", .lc_ctype = "C"};
    return observed;
}

Extension available(std::string version, bool trusted = true) {
    Extension extension;
    extension.available = std::move(version);
    extension.trusted = trusted;
    return extension;
}

Extension installed(std::string version, std::string schema = "public") {
    Extension extension = available(version);
    extension.installed = version;
    extension.schema = std::move(schema);
    extension.granted = true;
    return extension;
}

/// A database with everything that Lago 1.41 needs and pg_partman registered.
Observed with_partman() {
    Observed observed = made_by_mash();
    observed.inside.fresh = false;
    observed.inside.partitions = Partitions::registered;
    observed.extensions = {{"pgcrypto", installed("1.3")},
                           {"unaccent", installed("1.1")},
                           {"pg_partman", installed("5.1.0", "partman")}};
    return observed;
}

std::vector<StepKind> kinds(const Plan& plan) {
    std::vector<StepKind> all;
    for (const Step& step : plan.steps) all.push_back(step.kind);
    return all;
}

std::string refusal(const Desired& desired, const Observed& before) {
    try {
        make_plan(desired, before);
    } catch (const Failure& failure) {
        CHECK_FALSE(failure.why.empty());
        return failure.kind;
    }
    return "";
}

std::string shown(const Plan& plan, StepKind kind) {
    std::string all;
    for (const Step& step : plan.steps)
        if (step.kind == kind)
            for (const auto& statement : step.statements) all += statement.shown() + "\n";
    return all;
}

using Kinds = std::vector<StepKind>;

}  // namespace

TEST_CASE("what MASH's own step has made is what is asked for", "[lago_database][plan]") {
    Desired desired = wanting_password();
    desired.lc_collate = "C";
    desired.lc_ctype = "C";
    const Plan plan = make_plan(desired, made_by_mash());
    CHECK(plan.steps.empty());
    CHECK_FALSE(plan.changed());
    CHECK(plan.after == made_by_mash());
}

TEST_CASE("nothing there: role and database are made by themselves, before the transaction",
          "[lago_database][plan]") {
    Desired desired = wanting_password();
    desired.flags = {{Flag::createdb, true}};
    desired.lc_collate = "C";
    const Plan plan = make_plan(desired, empty_server());
    CHECK(kinds(plan) == Kinds{create_role, create_database});
    CHECK(plan.steps[0].outside);
    CHECK(plan.steps[1].outside);
    CHECK(shown(plan, create_role) == "CREATE ROLE \"lago\" CREATEDB LOGIN PASSWORD '********'\n");
    CHECK(shown(plan, create_database) ==
          "CREATE DATABASE \"lago\" OWNER \"lago\" TEMPLATE \"template0\" ENCODING 'UTF8' LC_COLLATE 'C'\n");
    REQUIRE(plan.after.role);
    CHECK(plan.after.role->flags.at(Flag::login));
    CHECK(plan.after.role->flags.at(Flag::createdb));
    REQUIRE(plan.after.database);
    CHECK(plan.after.database->owner == "lago");
    CHECK(plan.after.database->lc_collate == "C");
    CHECK(plan.after.database->lc_ctype == "en_US.UTF-8");
}

TEST_CASE("a template that is not there is refused", "[lago_database][plan]") {
    Observed before = empty_server();
    before.template_database.reset();
    CHECK(refusal(wanting(), before) == "template_missing");
}

TEST_CASE("no role beside a database: the role is part of the transaction", "[lago_database][plan]") {
    Observed before = made_by_mash();
    before.role.reset();
    before.database->owner = "postgres";
    const Plan plan = make_plan(wanting(), before);
    CHECK(kinds(plan) == Kinds{create_role, set_owner});
    CHECK_FALSE(plan.steps[0].outside);
    CHECK_FALSE(plan.steps[1].outside);
}

TEST_CASE("attributes that are asked for are altered, others stay", "[lago_database][plan]") {
    Desired desired = wanting();
    desired.flags = {{Flag::createdb, true}, {Flag::inherit, true}};
    Observed before = made_by_mash();
    before.role->flags[Flag::replication] = true;
    const Plan plan = make_plan(desired, before);
    CHECK(shown(plan, alter_role) == "ALTER ROLE \"lago\" CREATEDB\n");
    CHECK(plan.after.role->flags.at(Flag::createdb));
    CHECK(plan.after.role->flags.at(Flag::replication));
}

TEST_CASE("a role that may not log in gets LOGIN, unless NOLOGIN is asked for", "[lago_database][plan]") {
    Observed before = made_by_mash();
    before.role->flags[Flag::login] = false;
    CHECK(shown(make_plan(wanting(), before), alter_role) == "ALTER ROLE \"lago\" LOGIN\n");
    Desired desired = wanting();
    desired.flags = {{Flag::login, false}};
    CHECK(make_plan(desired, before).steps.empty());
}

TEST_CASE("a password is set where it is none, another, or stored as MD5", "[lago_database][plan]") {
    for (const Password password : {Password::none, Password::other, Password::outdated}) {
        Observed before = made_by_mash();
        before.role->password = password;
        const Plan plan = make_plan(wanting_password(), before);
        CHECK(kinds(plan) == Kinds{set_password});
        CHECK(plan.warnings.empty());
        CHECK(plan.after.role->password == Password::as_asked);
        CHECK(make_plan(wanting(), before).steps.empty());
    }
}

TEST_CASE("a password that cannot be checked is set, with a warning", "[lago_database][plan]") {
    Observed before = made_by_mash();
    before.role->password = Password::unknown;
    const Plan plan = make_plan(wanting_password(), before);
    CHECK(kinds(plan) == Kinds{set_password});
    CHECK(plan.warnings.size() == 1);
}

TEST_CASE("a database of another owner or limit is altered", "[lago_database][plan]") {
    Observed before = made_by_mash();
    before.database->owner = "postgres";
    Desired desired = wanting();
    desired.conn_limit = 60;
    const Plan plan = make_plan(desired, before);
    CHECK(kinds(plan) == Kinds{set_owner, set_conn_limit});
    CHECK(shown(plan, set_owner) == "ALTER DATABASE \"lago\" OWNER TO \"lago\"\n");
    CHECK(plan.after.database->owner == "lago");
    CHECK(plan.after.database->conn_limit == 60);
}

TEST_CASE("another encoding or locale is refused with the way out", "[lago_database][plan]") {
    Desired desired = wanting();
    desired.encoding = "LATIN1";
    CHECK(refusal(desired, made_by_mash()) == "encoding");
    desired = wanting();
    desired.lc_collate = "en_US.UTF-8";
    CHECK(refusal(desired, made_by_mash()) == "locale");
    desired = wanting();
    desired.lc_ctype = "en_US.UTF-8";
    CHECK(refusal(desired, made_by_mash()) == "locale");

    Observed before = made_by_mash();
    before.database->lc_collate = "en_US.utf8";
    desired = wanting();
    desired.lc_collate = "en_US.UTF-8";
    CHECK(make_plan(desired, before).steps.empty());
}

TEST_CASE("sessions do not matter to a database that stays", "[lago_database][plan]") {
    Observed before = made_by_mash();
    before.database->sessions = 12;
    CHECK(make_plan(wanting(), before).steps.empty());
}

TEST_CASE("an extension is created by the owner, or by the one who logs in", "[lago_database][plan]") {
    Observed before = made_by_mash();
    before.extensions["pg_trgm"] = available("1.6");
    Desired desired = wanting_extension("pg_trgm");
    CHECK(shown(make_plan(desired, before), create_extension) ==
          "SET LOCAL ROLE \"lago\"\nCREATE EXTENSION IF NOT EXISTS \"pg_trgm\" SCHEMA \"public\"\nRESET "
          "ROLE\n");
    desired.extensions[0].create_as = CreateAs::login;
    desired.extensions[0].version = Text("1.5", "version");
    const Plan plan = make_plan(desired, before);
    CHECK(shown(plan, create_extension) ==
          "CREATE EXTENSION IF NOT EXISTS \"pg_trgm\" SCHEMA \"public\" VERSION '1.5'\n");
    CHECK_FALSE(plan.steps[0].outside);
    CHECK(plan.after.extensions.at("pg_trgm").installed == "1.5");
}

TEST_CASE("an extension that only a superuser may create is refused to an owner", "[lago_database][plan]") {
    Observed before = made_by_mash();
    before.extensions["pg_partman"] = available("5.1.0", false);
    CHECK(refusal(wanting_extension("pg_partman"), before) == "no_permission");
}

TEST_CASE("an extension that is not on the server, or not in that version, is refused",
          "[lago_database][plan]") {
    Observed before = made_by_mash();
    before.extensions["pg_trgm"] = Extension{};
    CHECK(refusal(wanting_extension("pg_trgm"), before) == "extension_missing");
    before.extensions["pg_trgm"] = available("1.6");
    before.extensions["pg_trgm"].version_known = false;
    Desired desired = wanting_extension("pg_trgm");
    desired.extensions[0].version = Text("9", "version");
    CHECK(refusal(desired, before) == "extension_version");
}

TEST_CASE("an extension is updated where there is a way", "[lago_database][plan]") {
    Observed before = made_by_mash();
    before.extensions["pg_trgm"] = installed("1.3");
    before.extensions["pg_trgm"].available = "1.6";
    Desired desired = wanting_extension("pg_trgm");
    CHECK(make_plan(desired, before).steps.empty());
    desired.extensions[0].version = Text("latest", "version");
    const Plan plan = make_plan(desired, before);
    CHECK(shown(plan, update_extension) == "ALTER EXTENSION \"pg_trgm\" UPDATE TO '1.6'\n");
    CHECK(plan.after.extensions.at("pg_trgm").installed == "1.6");
    before.extensions["pg_trgm"].has_update_path = false;
    CHECK(refusal(desired, before) == "extension_version");
}

TEST_CASE("an extension in another schema is moved, or refused", "[lago_database][plan]") {
    Observed before = made_by_mash();
    before.extensions["pg_trgm"] = installed("1.6");
    Desired desired = wanting_extension("pg_trgm");
    desired.extensions[0].schema = Identifier("tools", "schema");
    CHECK(refusal(desired, before) == "extension_schema");
    before.extensions["pg_trgm"].relocatable = true;
    CHECK(kinds(make_plan(desired, before)) == Kinds{move_extension});
}

TEST_CASE("privileges that are missing are granted", "[lago_database][plan]") {
    Observed before = with_partman();
    before.extensions["pg_partman"].granted = false;
    before.inside.create_on_public = false;
    const Plan plan = make_plan(wanting_lago({1, 41, 0}), before);
    CHECK(kinds(plan) == Kinds{grant_extension, grant_public});
    CHECK(plan.after.extensions.at("pg_partman").granted);
    CHECK(plan.after.inside.create_on_public);
}

TEST_CASE("each release of Lago gets the extensions that it needs", "[lago_database][plan]") {
    const auto names = [](Version version, bool fresh) {
        std::vector<std::string> all;
        for (const ExtensionWish& wish : extensions_of_lago(version, fresh))
            all.push_back(wish.name.string());
        return all;
    };
    using Names = std::vector<std::string>;
    CHECK(names({1, 0, 0}, true) == Names{"pgcrypto"});
    CHECK(names({1, 27, 0}, true) ==
          Names{"pgcrypto"});  // its migration creates unaccent without IF NOT EXISTS
    CHECK(names({1, 31, 0}, true) == Names{"pgcrypto", "unaccent"});
    CHECK(names({1, 41, 0}, true) == Names{"pgcrypto", "unaccent", "pg_partman"});
    CHECK(names({1, 48, 0}, true) == Names{"pgcrypto", "unaccent", "pg_partman", "pg_trgm", "btree_gin"});
}

TEST_CASE("pg_partman is created by a superuser in its schema, and granted", "[lago_database][plan]") {
    Observed before = with_partman();
    before.extensions["pg_partman"] = available("5.1.0", false);
    before.inside.partitions = Partitions::none;
    const Plan plan = make_plan(wanting_lago({1, 41, 0}), before);
    CHECK(kinds(plan) == Kinds{create_extension, grant_extension});
    CHECK(shown(plan, create_extension) ==
          "CREATE SCHEMA IF NOT EXISTS \"partman\"\n"
          "CREATE EXTENSION IF NOT EXISTS \"pg_partman\" SCHEMA \"partman\"\n");
}

TEST_CASE("no pg_partman on the server: a warning where Lago has migrated, else a refusal",
          "[lago_database][plan]") {
    Observed before = with_partman();
    before.extensions["pg_partman"] = Extension{};
    const Plan plan = make_plan(wanting_lago({1, 41, 0}), before);
    CHECK(plan.steps.empty());
    CHECK(plan.warnings.size() == 1);
    before.inside.fresh = true;
    CHECK(refusal(wanting_lago({1, 41, 0}), before) == "extension_missing");
}

TEST_CASE("pg_partman older than 5 is refused, made or not, also where it was asked for by name",
          "[lago_database][plan]") {
    Observed before = with_partman();
    before.extensions["pg_partman"] = available("4.7.2", false);
    CHECK(refusal(wanting_lago({1, 41, 0}), before) == "extension_too_old");
    before.extensions["pg_partman"] = installed("4.7.2", "partman");
    CHECK(refusal(wanting_lago({1, 41, 0}), before) == "extension_too_old");
    Desired desired = wanting_lago({1, 41, 0});
    desired.extensions.push_back({.name = Identifier("pg_partman", "name"), .create_as = CreateAs::login});
    CHECK(refusal(desired, before) == "extension_too_old");
}

TEST_CASE("enriched_events is registered as its owner, with its rows if it has some",
          "[lago_database][plan]") {
    Observed before = with_partman();
    CHECK(make_plan(wanting_lago({1, 41, 0}), before).steps.empty());

    before.inside.partitions = Partitions::unregistered;
    const Plan empty = make_plan(wanting_lago({1, 41, 0}), before);
    CHECK(kinds(empty) == Kinds{register_partitions});
    CHECK(shown(empty, register_partitions).find("p_default_table := false") != std::string::npos);
    CHECK(empty.after.inside.partitions == Partitions::registered);

    before.inside.partitions = Partitions::unregistered_with_rows;
    const std::string filled = shown(make_plan(wanting_lago({1, 41, 0}), before), register_partitions);
    CHECK(filled.starts_with("SET LOCAL ROLE \"lago\"\nLOCK TABLE"));
    CHECK(filled.find("DETACH PARTITION") < filled.find("create_parent"));
    CHECK(filled.find("create_parent") < filled.find("INSERT INTO"));
    CHECK(filled.find("INSERT INTO") < filled.find("RAISE EXCEPTION"));
    CHECK(filled.find("RAISE EXCEPTION") < filled.find("DROP TABLE"));
}

TEST_CASE("a table that is not partitioned is reported and left alone", "[lago_database][plan]") {
    Observed before = with_partman();
    before.inside.partitions = Partitions::plain;
    const Plan plan = make_plan(wanting_lago({1, 41, 0}), before);
    CHECK(plan.steps.empty());
    CHECK(plan.warnings.size() == 1);
}

TEST_CASE("tables of others in schema public are reported", "[lago_database][plan]") {
    Observed before = made_by_mash();
    before.inside.foreign_owners = {"postgres"};
    const Plan plan = make_plan(wanting(), before);
    CHECK(plan.steps.empty());
    REQUIRE(plan.warnings.size() == 1);
    CHECK(plan.warnings[0].find("postgres") != std::string::npos);
}

TEST_CASE("a login is proven once, after what it depends on", "[lago_database][plan]") {
    Desired desired = wanting_password();
    desired.verify_login = true;
    Observed before = made_by_mash();
    before.login = Proof::works;
    CHECK(make_plan(desired, before).steps.empty());

    before.login = Proof::wrong_password;
    before.role->password = Password::other;
    const Plan plan = make_plan(desired, before);
    CHECK(kinds(plan) == Kinds{set_password, prove_login});
    CHECK(plan.after.login == Proof::works);

    before.role->password = Password::as_asked;
    before.login = Proof::unproven;
    before.login_error = "no pg_hba.conf entry";
    CHECK(refusal(desired, before) == "login_refused");
}

TEST_CASE("absent drops the database, and the role only when asked", "[lago_database][plan]") {
    Desired desired = wanting_absent();
    const Plan plan = make_plan(desired, made_by_mash());
    CHECK(kinds(plan) == Kinds{drop_database});
    CHECK(shown(plan, drop_database) == "DROP DATABASE \"lago\"\n");
    CHECK_FALSE(plan.after.database);
    CHECK(plan.after.role);

    desired.drop_role = true;
    CHECK(kinds(make_plan(desired, made_by_mash())) == Kinds{drop_database, drop_role});
    Observed role_only = made_by_mash();
    role_only.database.reset();
    CHECK(kinds(make_plan(desired, role_only)) == Kinds{drop_role});
    CHECK(make_plan(desired, empty_server()).steps.empty());
}

TEST_CASE("absent with sessions is refused unless forced", "[lago_database][plan]") {
    Observed before = made_by_mash();
    before.database->sessions = 1;
    CHECK(refusal(wanting_absent(), before) == "in_use");
    Desired desired = wanting_absent();
    desired.force = true;
    CHECK(shown(make_plan(desired, before), drop_database) == "DROP DATABASE \"lago\" WITH (FORCE)\n");
}

TEST_CASE("a standby is refused where something would change", "[lago_database][plan]") {
    Observed before = made_by_mash();
    before.server.read_only = true;
    CHECK(make_plan(wanting(), before).steps.empty());
    CHECK(refusal(wanting_absent(), before) == "read_only");
    before.database.reset();
    CHECK(refusal(wanting(), before) == "read_only");
}

TEST_CASE("who is no superuser becomes a member of the owner before handing something over",
          "[lago_database][plan]") {
    Observed before = empty_server();
    before.server.superuser = false;
    before.server.user = "admin";
    before.server.createrole = true;
    before.server.createdb = true;
    const Plan plan = make_plan(wanting(), before);
    CHECK(kinds(plan) == Kinds{create_role, join_owner, create_database});
    before.server.createdb = false;
    CHECK(refusal(wanting(), before) == "no_permission");
    before.server.createdb = true;
    before.server.createrole = false;
    CHECK(refusal(wanting(), before) == "no_permission");
}

TEST_CASE("a server that is too old, or a closed database, is refused", "[lago_database][plan]") {
    Observed before = made_by_mash();
    before.server.version = 120022;
    CHECK(refusal(wanting(), before) == "server_too_old");
    before = made_by_mash();
    before.database->accepts_connections = false;
    CHECK(refusal(wanting(), before) == "no_connections");
}
