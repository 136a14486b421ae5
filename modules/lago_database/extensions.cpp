// SPDX-License-Identifier: GPL-3.0-or-later
// Extensions: what a release of Lago needs, and how one becomes as it was asked for.
#include <algorithm>
#include <array>
#include <charconv>

#include "lago_database/draft.hpp"

namespace lago::database {

namespace {

using postgres::Statement;

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

std::string wanted_version(const ExtensionWish& wish, const Extension& extension) {
    return wish.version && wish.version->string() != "latest" ? wish.version->string() : extension.available;
}

void refuse_old(const ExtensionWish& wish, const std::string& version) {
    if (major_of(version) >= wish.oldest_major) return;
    refuse("extension_too_old", "extension " + wish.name.string() + " cannot be used",
           "version " + version + " is older than " + std::to_string(wish.oldest_major) +
               ", and the migrations of Lago fail with it",
           "Install " + wish.name.string() + " " + std::to_string(wish.oldest_major) +
               " on the server, for instance with the image getlago/postgres-partman, or take its "
               "package away");
}

bool may_create(Draft& draft, const ExtensionWish& wish, const Extension& extension) {
    const std::string& name = wish.name.string();
    if (extension.available.empty()) {
        const std::string why = "the server has no extension " + name;
        const std::string hint = "Install its package on the database server";
        if (wish.when_missing == ExtensionWish::Missing::refuse)
            refuse("extension_missing", "extension " + name + " cannot be created", why, hint);
        draft.plan.warnings.push_back(why + ": Lago runs, but enriched_events stays one table. " + hint +
                                      " before the migration to have it partitioned");
        return false;
    }
    if (!extension.version_known)
        refuse("extension_version", "extension " + name + " cannot be created",
               "the server has no version " + wish.version->string() + " of it, its default is " +
                   extension.available,
               "Ask for that one, or leave the version out");
    refuse_old(wish, wanted_version(wish, extension));
    const bool owner_is_superuser = draft.plan.after.role && draft.plan.after.role->flags.at(Flag::superuser);
    if (wish.create_as == CreateAs::owner && !extension.trusted && !owner_is_superuser)
        refuse("no_permission", "extension " + name + " cannot be created",
               "only a superuser may create it, and " + draft.desired.owner.string() + " is none",
               "Set create_as to login, and log in as a superuser");
    return true;
}

void create_extension(Draft& draft, const ExtensionWish& wish, Extension& extension) {
    const bool as_owner =
        wish.create_as == CreateAs::owner && draft.before.server.user != draft.desired.owner.string();
    const std::string schema = wish.schema                         ? wish.schema->string()
                               : !extension.control_schema.empty() ? extension.control_schema
                                                                   : "public";
    const Identifier schema_name(schema, "extensions.schema");
    std::vector<Statement> statements;
    if (as_owner) statements.push_back(become_owner(draft.desired));
    if (schema != "public" && schema != "pg_catalog")
        statements.push_back(Statement().sql("CREATE SCHEMA IF NOT EXISTS ").name(schema_name));
    Statement create;
    create.sql("CREATE EXTENSION IF NOT EXISTS ").name(wish.name).sql(" SCHEMA ").name(schema_name);
    if (wish.version && wish.version->string() != "latest") create.sql(" VERSION ").literal(*wish.version);
    statements.push_back(std::move(create));
    if (as_owner) statements.push_back(Statement().sql("RESET ROLE"));
    draft.add(StepKind::create_extension, wish.name.string(), std::move(statements));
    extension.installed = wanted_version(wish, extension);
    extension.schema = schema;
    extension.granted = false;
}

void update_extension(Draft& draft, const ExtensionWish& wish, Extension& extension) {
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
    draft.add(StepKind::update_extension, wish.name.string(), {std::move(update)});
    extension.installed = version;
}

void move_extension(Draft& draft, const ExtensionWish& wish, Extension& extension) {
    if (!wish.schema || wish.schema->string() == extension.schema) return;
    if (!extension.relocatable)
        refuse("extension_schema", "extension " + wish.name.string() + " cannot be moved",
               "it is in schema " + extension.schema + " and cannot leave it",
               "Ask for that schema, or drop the extension and let this module create it");
    draft.add(StepKind::move_extension, wish.name.string(),
              {Statement().sql("CREATE SCHEMA IF NOT EXISTS ").name(*wish.schema),
               Statement().sql("ALTER EXTENSION ").name(wish.name).sql(" SET SCHEMA ").name(*wish.schema)});
    extension.schema = wish.schema->string();
    extension.granted = false;
}

// What pg_partman's README asks for a role that is no superuser; create_parent also makes a table in the
// schema.
void grant_extension(Draft& draft, const ExtensionWish& wish, Extension& extension) {
    const Identifier schema(extension.schema, "extensions.schema");
    std::vector<Statement> statements;
    statements.push_back(
        Statement().sql("GRANT ALL ON SCHEMA ").name(schema).sql(" TO ").name(draft.desired.owner));
    for (const char* things : {"ALL ON ALL TABLES", "EXECUTE ON ALL FUNCTIONS", "EXECUTE ON ALL PROCEDURES"})
        statements.push_back(Statement()
                                 .sql("GRANT " + std::string(things) + " IN SCHEMA ")
                                 .name(schema)
                                 .sql(" TO ")
                                 .name(draft.desired.owner));
    draft.add(StepKind::grant_extension, wish.name.string(), std::move(statements));
    extension.granted = true;
}

}  // namespace

void plan_extension(Draft& draft, const ExtensionWish& wish) {
    Extension& extension = draft.plan.after.extensions[wish.name.string()];
    if (extension.installed.empty()) {
        if (!may_create(draft, wish, extension)) return;
        create_extension(draft, wish, extension);
    } else {
        refuse_old(wish, wish.version ? wanted_version(wish, extension) : extension.installed);
        update_extension(draft, wish, extension);
        move_extension(draft, wish, extension);
    }
    if (wish.grant_to_owner && !extension.granted) grant_extension(draft, wish, extension);
}

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

}  // namespace lago::database
