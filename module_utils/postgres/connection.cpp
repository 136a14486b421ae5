// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/connection.hpp"
#include "system/wait.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace lago::postgres {

namespace {

// A file that is never there: libpq then reads none of the user's own.
constexpr const char* no_file = "/dev/null/none";

// Where distributions keep the authorities they trust: Debian, Fedora, SUSE, Alpine.
constexpr std::array authorities = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                    "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};

/// libpq takes from the environment what it is not given, and has no switch against it.
void forget_environment() {
    const DefaultsHandle defaults(PQconndefaults());
    for (const PQconninfoOption* option = defaults.get(); option != nullptr && option->keyword != nullptr;
         ++option)
        if (option->envvar != nullptr) ::unsetenv(option->envvar);
    for (const char* name : {"PGREQUIRESSL", "PGSERVICE", "PGSERVICEFILE", "PGSYSCONFDIR", "PGLOCALEDIR"})
        ::unsetenv(name);
}

bool checks_certificate(const std::string& mode) {
    return mode == "verify-ca" || mode == "verify-full";
}

std::string ca_file(const Tls& tls) {
    if (!tls.ca_cert.empty()) return tls.ca_cert;
    if (!checks_certificate(tls.mode)) return no_file;
    const auto* const found =
        std::ranges::find_if(authorities, [](const char* file) { return ::access(file, R_OK) == 0; });
    return found == authorities.end() ? no_file : *found;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
    return text;
}

/// The parameters of PQconnectStartParams.
class Settings {
public:
    void set(const std::string& name, std::string value) {
        const auto present = std::ranges::find(items_, name, &Item::first);
        if (present == items_.end())
            items_.emplace_back(name, std::move(value));
        else
            present->second = std::move(value);
    }
    ConnectionHandle start() const {
        std::vector<const char*> names;
        std::vector<const char*> values;
        for (const Item& item : items_) {
            names.push_back(item.first.c_str());
            values.push_back(item.second.c_str());
        }
        names.push_back(nullptr);
        values.push_back(nullptr);
        return ConnectionHandle(PQconnectStartParams(names.data(), values.data(), 0));
    }
    void wipe_password() {
        for (Item& item : items_)
            if (item.first == "password") secrets::wipe(item.second);
    }

private:
    using Item = std::pair<std::string, std::string>;
    std::vector<Item> items_;
};

void set_address(Settings& settings, const docker::Endpoint& endpoint) {
    if (endpoint.way != docker::Way::socket) {
        // One name and one port for each address, as libpq wants its lists.
        settings.set("host", joined(std::vector(endpoint.addresses.size(), endpoint.host)));
        settings.set("hostaddr", joined(endpoint.addresses));
        settings.set("port", std::to_string(endpoint.port));
        return;
    }
    const std::size_t slash = endpoint.socket.rfind('/');
    const std::size_t dot = endpoint.socket.rfind('.');
    settings.set("host", slash == 0 ? "/" : endpoint.socket.substr(0, slash));
    settings.set("port", dot != std::string::npos && dot > slash ? endpoint.socket.substr(dot + 1)
                                                                 : std::to_string(endpoint.port));
}

Settings settings_of(const Login& login) {
    Settings settings;
    set_address(settings, login.endpoint);
    settings.set("user", login.user);
    settings.set("dbname", login.database);
    if (login.password) settings.set("password", std::string(login.password->expose()));
    settings.set("passfile", no_file);
    settings.set("sslmode", login.tls.mode);
    settings.set("sslrootcert", ca_file(login.tls));
    settings.set("sslcrl", no_file);
    settings.set("sslcertmode", login.tls.cert.empty() ? "disable" : "allow");
    settings.set("sslcert", login.tls.cert.empty() ? no_file : login.tls.cert);
    settings.set("sslkey", login.tls.key.empty() ? no_file : login.tls.key);
    settings.set("gssencmode", "disable");
    settings.set("client_encoding", "UTF8");
    settings.set("application_name", "mash.lago");
    for (const auto& [name, value] : login.more) settings.set(name, value);
    if (!login.require_auth.empty()) settings.set("require_auth", login.require_auth);
    return settings;
}

Error timed_out() {
    return {ErrorKind::timeout, "no answer in time", "", ""};
}

extern "C" void keep_warning(void* list, const PGresult* result) noexcept {
    try {
        const char* severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
        const char* text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        if (severity != nullptr && text != nullptr && std::strcmp(severity, "WARNING") == 0)
            static_cast<std::vector<std::string>*>(list)->emplace_back(text);
    } catch (...) {
        return;  // a warning that there is no memory for
    }
}

std::optional<Error> finish_connecting(PGconn* connection, Deadline deadline) {
    bool writing = true;
    while (PQstatus(connection) != CONNECTION_BAD) {
        if (!system::wait_for(PQsocket(connection), writing ? POLLIN | POLLOUT : POLLIN, deadline))
            return timed_out();
        const PostgresPollingStatusType status = PQconnectPoll(connection);
        if (status == PGRES_POLLING_OK) return std::nullopt;
        if (status == PGRES_POLLING_FAILED) break;
        writing = status == PGRES_POLLING_WRITING;
    }
    return connection_error(PQerrorMessage(connection), PQsslInUse(connection) != 0);
}

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? "" : text;
}

Error error_of(PGconn* connection, const PGresult* result) {
    std::string sqlstate = result == nullptr ? "" : field(result, PG_DIAG_SQLSTATE);
    if (!sqlstate.empty())
        return server_error(std::move(sqlstate), field(result, PG_DIAG_MESSAGE_PRIMARY),
                            field(result, PG_DIAG_MESSAGE_DETAIL), field(result, PG_DIAG_MESSAGE_HINT));
    return connection_error(result == nullptr ? PQerrorMessage(connection) : PQresultErrorMessage(result),
                            PQsslInUse(connection) != 0);
}

bool succeeded(const PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

}  // namespace

int Rows::size() const {
    return PQntuples(result_.get());
}

std::optional<std::string> Rows::find(int row, int column) const {
    if (row >= size() || PQgetisnull(result_.get(), row, column) != 0) return std::nullopt;
    return std::string(PQgetvalue(result_.get(), row, column),
                       static_cast<std::size_t>(PQgetlength(result_.get(), row, column)));
}

std::int64_t Rows::number(int row, int column) const {
    const std::string digits = text(row, column);
    std::int64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

std::optional<Secret> Rows::secret(int row, int column) const {
    if (row >= size() || PQgetisnull(result_.get(), row, column) != 0) return std::nullopt;
    char* const value = PQgetvalue(result_.get(), row, column);
    const std::size_t length = std::strlen(value);
    Secret taken{std::string_view(value, length)};
    ::explicit_bzero(value, length);
    return taken;
}

std::expected<Connection, Error> Connection::open(const Login& login, Deadline deadline) {
    forget_environment();
    Settings settings = settings_of(login);
    auto warnings = std::make_unique<Warnings>();
    // A second attempt (the next address, or without TLS) makes a second socket: all of it happens inside.
    auto made = login.endpoint.connect([&]() -> std::expected<ConnectionHandle, Error> {
        ConnectionHandle handle = settings.start();
        if (!handle) return std::unexpected(Error{ErrorKind::client, "out of memory", "", ""});
        PQsetErrorVerbosity(handle.get(), PQERRORS_VERBOSE);
        PQsetNoticeReceiver(handle.get(), keep_warning, warnings.get());
        if (auto error = finish_connecting(handle.get(), deadline)) return std::unexpected(std::move(*error));
        return std::expected<ConnectionHandle, Error>(std::move(handle));
    });
    settings.wipe_password();
    if (!made) return std::unexpected(std::move(made.error()));

    Connection connection(std::move(*made), std::move(warnings));
    PQsetnonblocking(connection.handle_.get(), 1);
    PQsetErrorVerbosity(connection.handle_.get(), PQERRORS_DEFAULT);
    if (auto set = connection.query("SELECT pg_catalog.set_config('search_path', '', false)", {}, deadline);
        !set)
        return std::unexpected(std::move(set.error()));
    return connection;
}

std::expected<Rows, Error> Connection::query(std::string_view sql, const Parameters& parameters,
                                             Deadline deadline) {
    std::vector<const char*> values;
    for (const auto& parameter : parameters) values.push_back(parameter ? parameter->c_str() : nullptr);
    const std::string text(sql);
    if (PQsendQueryParams(handle_.get(), text.c_str(), static_cast<int>(values.size()), nullptr,
                          values.data(), nullptr, nullptr, 0) == 0)
        return std::unexpected(error_of(handle_.get(), nullptr));
    return answer(deadline);
}

std::expected<Rows, Error> Connection::execute(const Statement& statement,
                                               const std::optional<Secret>& verifier, Deadline deadline) {
    const auto quoting = [this](char* (*quote)(PGconn*, const char*, std::size_t)) {
        return [this, quote](std::string_view text) -> std::optional<std::string> {
            const TextHandle made(quote(handle_.get(), text.data(), text.size()));
            if (!made) return std::nullopt;
            return std::string(made.get());
        };
    };
    auto text = statement.text({quoting(PQescapeIdentifier), quoting(PQescapeLiteral)}, verifier);
    if (!text) return std::unexpected(error_of(handle_.get(), nullptr));
    auto rows = query(*text, {}, deadline);
    if (statement.has_password()) secrets::wipe(*text);
    return rows;
}

std::expected<Rows, Error> Connection::answer(Deadline deadline) {
    for (int unsent = 1; unsent != 0;) {
        unsent = PQflush(handle_.get());
        if (unsent < 0) return std::unexpected(error_of(handle_.get(), nullptr));
        if (unsent == 0) break;
        if (!system::wait_for(PQsocket(handle_.get()), POLLIN | POLLOUT, deadline))
            return std::unexpected(timed_out());
        if (PQconsumeInput(handle_.get()) == 0) return std::unexpected(error_of(handle_.get(), nullptr));
    }
    ResultHandle last;
    for (;;) {
        while (PQisBusy(handle_.get()) != 0) {
            if (!system::wait_for(PQsocket(handle_.get()), POLLIN, deadline))
                return std::unexpected(timed_out());
            if (PQconsumeInput(handle_.get()) == 0) return std::unexpected(error_of(handle_.get(), nullptr));
        }
        ResultHandle next(PQgetResult(handle_.get()));
        if (!next) break;
        if (!last || succeeded(last.get())) last = std::move(next);
    }
    if (!last || !succeeded(last.get())) return std::unexpected(error_of(handle_.get(), last.get()));
    return Rows(std::move(last));
}

int Connection::server_version() const {
    return PQserverVersion(handle_.get());
}

std::string Connection::parameter(const char* name) const {
    const char* value = PQparameterStatus(handle_.get(), name);
    return value == nullptr ? "" : value;
}

bool Connection::encrypted() const {
    return PQsslInUse(handle_.get()) != 0;
}

std::vector<std::string> Connection::take_warnings() {
    return std::exchange(*warnings_, {});
}

}  // namespace lago::postgres
