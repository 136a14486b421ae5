// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>
#include <utility>

#include "ansible/password_option.hpp"
#include "core/ascii.hpp"
#include "lago_database/lago_database.hpp"
#include "postgres/verifier.hpp"
#include "system/path.hpp"

namespace lago::database {

namespace {

constexpr std::array flag_words = {"SUPERUSER", "CREATEROLE",  "CREATEDB", "INHERIT",
                                   "LOGIN",     "REPLICATION", "BYPASSRLS"};

[[noreturn]] void refuse(std::string what, std::string why, std::string hint = "") {
    throw Failure{.what = std::move(what),
                  .why = std::move(why),
                  .hint = std::move(hint),
                  .kind = "bad_option",
                  .facts = {}};
}

std::string upper(std::string_view text) {
    std::string made(text);
    std::ranges::transform(made, made.begin(), ascii::raised);
    return made;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Flags read_flags(const std::vector<std::string>& words) {
    Flags flags;
    for (const std::string& given : words) {
        const std::string name = upper(trimmed(given));
        if (name.empty()) continue;
        const auto* found = std::ranges::find(flag_words, name);
        const bool on = found != flag_words.end();
        if (!on && name.starts_with("NO")) found = std::ranges::find(flag_words, name.substr(2));
        if (found == flag_words.end())
            refuse("option role_attr_flags cannot be used",
                   "PostgreSQL has no role attribute \"" + name + "\"",
                   "Use SUPERUSER, CREATEROLE, CREATEDB, INHERIT, LOGIN, REPLICATION or BYPASSRLS, with NO "
                   "before it "
                   "to switch it off");
        const auto flag = static_cast<Flag>(found - flag_words.begin());
        if (const auto [present, added] = flags.emplace(flag, on); !added && present->second != on)
            refuse("option role_attr_flags cannot be used",
                   "it asks for both " + word(flag, true) + " and " + word(flag, false));
    }
    return flags;
}

ExtensionWish read_extension(const Options& entry) {
    ExtensionWish wish{.name = Identifier(entry.get<std::string>("name"), "extensions.name")};
    if (auto schema = entry.find<std::string>("schema"))
        wish.schema = Identifier(*schema, "extensions.schema");
    if (auto version = entry.find<std::string>("version"))
        wish.version = Text(*version, "extensions.version");
    wish.create_as = entry.get<std::string>("create_as") == "login" ? CreateAs::login : CreateAs::owner;
    wish.grant_to_owner = entry.get<bool>("grant_to_owner");
    if (wish.grant_to_owner && wish.schema &&
        (wish.schema->string() == "pg_catalog" || wish.schema->string() == "information_schema"))
        refuse("option extensions cannot be used",
               "grant_to_owner would grant everything in schema " + wish.schema->string(),
               "Put the extension into a schema of its own");
    return wish;
}

std::string parameter_text(const std::string& name, const Value& value) {
    if (const std::string* text = value.as_string()) return *text;
    if (const Integer* number = value.as_integer()) return number->text;
    if (const bool* flag = value.as_bool()) return *flag ? "1" : "0";
    refuse("option connect_params cannot be used", "the value of " + name + " is neither text nor number");
}

std::vector<std::pair<std::string, std::string>> read_parameters(const Dict& given) {
    // What has an option of its own, what would read files of the user, and what the session relies on.
    constexpr auto refused = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"host", "login_host"},
        {"hostaddr", "login_host"},
        {"port", "login_port"},
        {"user", "login_user"},
        {"dbname", "login_db"},
        {"password", "login_password"},
        {"sslpassword", "an unencrypted ssl_key"},
        {"service", "login_host and the other options"},
        {"servicefile", "login_host and the other options"},
        {"passfile", "login_password"},
        {"client_encoding", "UTF-8, which is always set"},
        {"replication", "nothing: a walsender cannot make databases"},
    });
    std::vector<std::pair<std::string, std::string>> parameters;
    for (const auto& [name, value] : given.items()) {
        const auto* const found =
            std::ranges::find(refused, name, &std::pair<std::string_view, std::string_view>::first);
        if (found != refused.end())
            refuse("option connect_params cannot be used", "it sets " + name,
                   "Use " + std::string(found->second) + " instead");
        parameters.emplace_back(Text(name, "connect_params").string(),
                                Text(parameter_text(name, value), "connect_params").string());
    }
    return parameters;
}

std::string optional_path(const Options& options, std::string_view name) {
    const auto path = options.find<std::string>(name);
    return path && !path->empty() ? system::Path(*path, name).string() : "";
}

Access read_access(const Options& options, bool check_mode) {
    // Where servers put their socket: Debian and Fedora, then PostgreSQL's own choice.
    const docker::ServiceDefaults defaults{.port = 5432,
                                           .socket_name = ".s.PGSQL.",
                                           .sockets = {"/run/postgresql", "/var/run/postgresql", "/tmp"}};
    auto login = ansible::password_option(options, "login_password", check_mode);
    Access access{.address = docker::ServiceAddress::from(options, defaults),
                  .user = Identifier(options.get<std::string>("login_user"), "login_user").string(),
                  .password = login.password,
                  .password_follows = login.follows,
                  .database = Identifier(options.get<std::string>("login_db"), "login_db").string(),
                  .tls = {.mode = options.get<std::string>("ssl_mode"),
                          .ca_cert = optional_path(options, "ca_cert"),
                          .cert = optional_path(options, "ssl_cert"),
                          .key = optional_path(options, "ssl_key")},
                  .more = {}};
    if (access.password && access.password->empty()) access.password.reset();
    if (access.password) postgres::check_password(*access.password, login.option);
    if (const auto more = options.find<Dict>("connect_params")) access.more = read_parameters(*more);
    return access;
}

std::optional<std::string> locale(const Options& options, std::string_view name) {
    const auto given = options.find<std::string>(name);
    if (!given || given->empty()) return std::nullopt;
    return Text(*given, name).string();
}

/// In the server's own spelling.
std::optional<std::string> read_encoding(const Options& options) {
    const auto given = locale(options, "encoding");
    if (!given) return std::nullopt;
    auto name = postgres::encoding_name(*given);
    if (!name)
        refuse("option encoding cannot be used", "PostgreSQL has no encoding \"" + *given + "\"",
               "Lago needs UTF8");
    return name;
}

void read_password(Desired& desired, const Options& options, bool check_mode) {
    auto given = ansible::password_option(options, "password", check_mode);
    desired.password = given.password;
    desired.password_follows = given.follows;
    if (desired.password) postgres::check_password(*desired.password, given.option);
    if (!desired.verify_login) return;
    if (!desired.manages_password())
        refuse("option verify_login cannot be used", "there is no password to log in with",
               "Set password or password_file");
    if (desired.password && postgres::form_of(*desired.password) != postgres::Form::clear)
        refuse("option verify_login cannot be used", "the password is given in its stored form",
               "Give the password itself");
    if (desired.flags.contains(Flag::login) && !desired.flags.at(Flag::login))
        refuse("option verify_login cannot be used", "role_attr_flags asks for NOLOGIN");
}

}  // namespace

std::string word(Flag flag, bool on) {
    return (on ? "" : "NO") + std::string(flag_words.at(static_cast<std::size_t>(flag)));
}

Desired read_options(const Options& options, bool check_mode) {
    const Identifier name(options.get<std::string>("name"), "name");
    const auto owner = options.find<std::string>("owner");
    const auto template_name = options.find<std::string>("template");
    Desired desired{
        .present = options.get<std::string>("state") == "present",
        .name = name,
        .owner = owner ? Identifier(*owner, "owner") : name,
        .password = std::nullopt,
        .flags = read_flags(
            options.find<std::vector<std::string>>("role_attr_flags").value_or(std::vector<std::string>())),
        .conn_limit = options.find<int>("conn_limit"),
        .encoding = read_encoding(options),
        .lc_collate = locale(options, "lc_collate"),
        .lc_ctype = locale(options, "lc_ctype"),
        .template_name = Identifier(template_name.value_or("template0"), "template"),
        .extensions = {},
        .lago_version = std::nullopt,
        .verify_login = options.get<bool>("verify_login"),
        .drop_role = options.get<bool>("drop_role"),
        .force = options.get<bool>("force"),
        .access = read_access(options, check_mode)};
    for (const Options& entry :
         options.find<std::vector<Options>>("extensions").value_or(std::vector<Options>()))
        desired.extensions.push_back(read_extension(entry));
    if (const auto version = options.find<std::string>("lago_version")) {
        desired.lago_version = facts::parse_release(*version);
        if (!desired.lago_version)
            refuse("option lago_version cannot be used", "\"" + *version + "\" is not a release of Lago",
                   "Write it like v1.31.0");
    }
    if (desired.conn_limit && *desired.conn_limit < -1)
        refuse("option conn_limit cannot be used",
               std::to_string(*desired.conn_limit) + " is not a number of connections",
               "Use -1 for no limit");
    if (!desired.present &&
        (desired.name.string() == "postgres" || desired.name.string().starts_with("template")))
        refuse("option name cannot be used", "the server itself needs database " + desired.name.string());
    if (!desired.present && desired.name.string() == desired.access.database)
        refuse("option name cannot be used", "login_db is the database that is to be dropped",
               "Set login_db to another one, such as postgres");
    if (desired.present) read_password(desired, options, check_mode);
    return desired;
}

}  // namespace lago::database
