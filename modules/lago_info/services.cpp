// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago_info/services.hpp"

#include <algorithm>
#include <charconv>
#include <thread>

#include "ansible/json.hpp"
#include "docker/http_client.hpp"
#include "text/secret_text.hpp"
#include "text/service_url.hpp"

namespace lago::info {

namespace {

constexpr int redis_port = 6379;
constexpr int postgres_port = 5432;

Trouble trouble_of(const docker::ReachError& error) {
    return {.why = error.why, .hint = error.hint, .kind = std::string(word(error.kind))};
}

docker::ServiceAddress inside_container(const Desired& desired, const Unit& unit) {
    return {.host = {},
            .port = unit.port,
            .unix_socket = {},
            .container = unit.container,
            .method = docker::Way::container,
            .docker_host = desired.engine.socket(),
            .defaults = {}};
}

std::string version_in(const std::string& body) {
    const auto json = ansible::parse_json(body);
    const Dict* const dict = json ? json->as_dict() : nullptr;
    const Value* const version = dict == nullptr ? nullptr : dict->find("version");
    const std::string* const text = version == nullptr ? nullptr : version->as_string();
    return text == nullptr ? std::string() : text->substr(0, 100);
}

Health ask_health_once(const Desired& desired, const Unit& api, Deadline deadline) {
    const auto way = docker::find_way(inside_container(desired, api), deadline);
    if (!way) return {.trouble = trouble_of(way.error())};
    const auto answer = docker::HttpClient(*way).ask({.target = "/health"}, deadline);
    if (!answer)
        return {.trouble = Trouble{.why = answer.error().message,
                                   .hint = "Look at the container's log: docker logs " + api.container,
                                   .kind = std::string(word(answer.error().kind))}};
    Health health{
        .healthy = answer->status == 200, .status = answer->status, .version = version_in(answer->body)};
    if (!health.healthy)
        health.trouble =
            Trouble{.why = "/health answers " + std::to_string(answer->status),
                    .hint = "The API cannot use its database; look at its log: docker logs " + api.container,
                    .kind = "unhealthy"};
    return health;
}

/// Where a URL's service is: as the given container sees it, else the container of that name, else as this
/// machine sees it.
docker::ServiceAddress address_of(const Desired& desired, const text::ServiceUrl& url, int usual_port,
                                  const std::optional<std::string>& container, Deadline deadline) {
    docker::ServiceAddress address;
    address.port = url.port.value_or(static_cast<std::uint16_t>(usual_port));
    address.docker_host = desired.engine.socket();
    address.host = url.host;
    address.method = docker::Way::tcp;
    if (container) {
        address.container = container;
        address.method = docker::Way::container;
        return address;
    }
    const bool may_be_container =
        url.host.find_first_of(":/") == std::string::npos && url.host != "localhost";
    if (!may_be_container) return address;
    const auto named = desired.engine.container(url.host, deadline);
    if (!named) return address;
    address.container = std::exchange(address.host, std::nullopt);
    address.method = std::nullopt;
    return address;
}

struct Connecting {
    std::optional<text::ServiceUrl> url;
    std::optional<Trouble> trouble;
};

/// Nothing in both where the variable is not set.
Connecting read_url(const Secret& env_file, const std::string& variable) {
    const auto value = text::secret_variable(env_file, variable);
    if (!value)
        return {.url = {},
                .trouble = Trouble{.why = value.error().message, .hint = {}, .kind = "bad_env_file"}};
    if (!*value || (*value)->empty()) return {};
    auto url = text::parse_service_url(**value);
    if (url && !url->host.empty()) return {.url = std::move(*url), .trouble = {}};
    return {.url = {},
            .trouble = Trouble{
                .why = variable + " is no URL that Lago can use: " + (url ? "it names no host" : url.error()),
                .hint = "Write reserved characters of a password as percent and two digits",
                .kind = "bad_url"}};
}

int number_in(const std::string& text) {
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return std::max(number, 0);
}

redis::Desired redis_login(const Desired& desired, const text::ServiceUrl& url, const Secret& env_file,
                           const std::string& password_variable, const std::optional<std::string>& container,
                           Deadline deadline) {
    redis::Desired login;
    login.address = address_of(desired, url, redis_port, container, deadline);
    // As Lago does it: encrypted, whoever the server is.
    if (url.scheme == "rediss") login.tls = http::Tls{.ca_file = {}, .verify = false};
    login.user = url.user;
    login.password = url.password;
    const auto password = text::secret_variable(env_file, password_variable);
    if (password && *password && !(*password)->empty()) login.password = *password;
    login.db = number_in(url.path);
    return login;
}

postgres::Rows rows_of(std::expected<postgres::Rows, postgres::Error> rows, std::string_view about) {
    if (rows) return std::move(*rows);
    throw to_failure(rows.error(), "cannot read " + std::string(about));
}

bool has_table(postgres::Connection& connection, const std::string& name, Deadline deadline) {
    return rows_of(connection.query("SELECT to_regclass($1) IS NOT NULL", {"public." + name}, deadline),
                   "the tables")
        .flag(0, 0);
}

void read_migrations(postgres::Connection& connection, Database& found, Deadline deadline) {
    if (!has_table(connection, "schema_migrations", deadline)) return;
    found.newest_migration =
        rows_of(connection.query("SELECT max(version) FROM public.schema_migrations", {}, deadline),
                "the migrations")
            .find(0, 0);
}

void read_content(postgres::Connection& connection, Database& found, Deadline deadline) {
    if (has_table(connection, "roles", deadline))
        found.roles =
            rows_of(connection.query("SELECT count(*) FROM public.roles", {}, deadline), "the roles")
                .number(0, 0);
    const postgres::Rows schema = rows_of(
        connection.query("SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n"
                         " ON n.oid = e.extnamespace WHERE e.extname = 'pg_partman'",
                         {}, deadline),
        "the extensions");
    found.partitions = database::observe_partitions(
        connection, schema.empty() ? std::string() : schema.text(0, 0), deadline);
}

database::Access access_to(const Desired& desired, const text::ServiceUrl& url,
                           const std::optional<std::string>& container, Deadline deadline) {
    database::Access access;
    access.address = address_of(desired, url, postgres_port, container, deadline);
    access.user = url.user;
    access.password = url.password;
    access.database = url.path.empty() ? url.user : url.path;
    for (const auto& [name, value] : url.query)
        if (name == "sslmode") access.tls.mode = value;
    return access;
}

}  // namespace

Health ask_health(const Desired& desired, const Unit& api, Deadline deadline) {
    if (desired.wait == std::chrono::seconds(0)) return ask_health_once(desired, api, deadline);
    const Deadline end = Deadline::after(desired.wait);
    for (;;) {
        constexpr std::chrono::milliseconds pause(500);
        constexpr std::chrono::seconds patience(5);
        Health health = ask_health_once(desired, api, end.within(patience));
        if (health.healthy || end.left() <= pause) return health;
        std::this_thread::sleep_for(pause);
    }
}

signup::Verdict ask_probe(const Desired& desired, const Unit& api, Deadline deadline) {
    Dict connection;
    return signup::ask_api({.address = inside_container(desired, api), .path = {}, .tls = {}}, desired.probe,
                           desired.known_email, connection, deadline);
}

signup::Verdict ask_front(const Desired& desired, const Unit& front, Deadline deadline) {
    return signup::ask_front({.address = inside_container(desired, front), .path = {}, .tls = {}}, deadline);
}

std::optional<Redis> ask_redis(const Desired& desired, const Secret& env_file,
                               const std::string& url_variable, const std::string& password_variable,
                               const std::optional<std::string>& container, Deadline deadline) {
    const Connecting where = read_url(env_file, url_variable);
    if (where.trouble) return Redis{.seen = {}, .trouble = where.trouble};
    if (!where.url) return std::nullopt;
    try {
        return Redis{
            .seen = redis::observe(
                redis_login(desired, *where.url, env_file, password_variable, container, deadline), deadline),
            .trouble = {}};
    } catch (const Failure& failure) {
        return Redis{.seen = {}, .trouble = info::trouble_of(failure)};
    }
}

Database ask_database(const Desired& desired, const Secret& env_file,
                      const std::optional<std::string>& container, Deadline deadline) {
    Database found;
    const Connecting where = read_url(env_file, "DATABASE_URL");
    found.trouble = where.trouble;
    if (!where.url) {
        if (!found.trouble)
            found.trouble = Trouble{.why = "the env file sets no DATABASE_URL", .hint = {}, .kind = "no_url"};
        return found;
    }
    try {
        const database::Access access = access_to(desired, *where.url, container, deadline);
        auto session = database::Session::open(access, false, deadline);
        if (!session) {
            found.trouble = info::trouble_of(session.error().failure);
            return found;
        }
        found.reached = true;
        found.connection = session->connection();
        read_migrations(session->admin(), found, deadline);
        if (desired.asks(Part::database)) read_content(session->admin(), found, deadline);
    } catch (const Failure& failure) {
        found.trouble = info::trouble_of(failure);
    }
    return found;
}

}  // namespace lago::info
