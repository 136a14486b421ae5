// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/deadline.hpp"
#include "core/secret.hpp"
#include "docker/service_address.hpp"
#include "postgres/error.hpp"
#include "postgres/handle.hpp"
#include "postgres/statement.hpp"

namespace lago::postgres {

/// libpq's sslmode and files; what is empty is not set. Files of the user (~/.postgresql) are never read.
struct Tls {
    std::string mode = "prefer";
    std::string ca_cert;  ///< empty: the system's authorities, where the mode checks the certificate
    std::string cert;
    std::string key;
};

/// Who logs in, where and how.
struct Login {
    docker::Endpoint endpoint;
    std::string user;
    std::optional<Secret> password;
    std::string database;
    Tls tls;
    std::vector<std::pair<std::string, std::string>>
        more;                  ///< further libpq parameters; they win over the rest
    std::string require_auth;  ///< libpq's require_auth; set where the login is the proof of a password
};

/// The rows of an answer.
class Rows {
public:
    explicit Rows(ResultHandle result) : result_(std::move(result)) {}

    int size() const;
    bool empty() const { return size() == 0; }
    /// Nothing where the value is NULL.
    std::optional<std::string> find(int row, int column) const;
    std::string text(int row, int column) const { return find(row, column).value_or(""); }
    bool flag(int row, int column) const { return text(row, column) == "t"; }
    /// 0 where it is NULL or no number.
    std::int64_t number(int row, int column) const;
    /// The same as a secret: no copy is left behind.
    std::optional<Secret> secret(int row, int column) const;

private:
    ResultHandle result_;
};

/// A session. Names in statements must be qualified: the search path is empty, so that nothing that a role
/// made in its own database is called by mistake. Texts are UTF-8.
class Connection {
public:
    using Parameters = std::vector<std::optional<std::string>>;

    /// Connects, encrypts and logs in until `deadline`. Environment variables (PG*), .pgpass and service
    /// files are not read.
    static std::expected<Connection, Error> open(const Login& login, Deadline deadline);

    /// One statement with parameters ($1, $2…).
    std::expected<Rows, Error> query(std::string_view sql, const Parameters& parameters, Deadline deadline);
    /// One statement whose names and texts are quoted by libpq.
    std::expected<Rows, Error> execute(const Statement& statement, const std::optional<Secret>& verifier,
                                       Deadline deadline);

    /// 150020 for 15.20 (PQserverVersion).
    int server_version() const;
    /// What the server reports of itself: "server_version", "password_encryption"… Empty where it does not.
    std::string parameter(const char* name) const;
    bool encrypted() const;
    /// Warnings of the server since the last call.
    std::vector<std::string> take_warnings();

private:
    using Warnings = std::vector<std::string>;
    Connection(ConnectionHandle handle, std::unique_ptr<Warnings> warnings)
        : handle_(std::move(handle)), warnings_(std::move(warnings)) {}

    std::expected<Rows, Error> answer(Deadline deadline);

    ConnectionHandle handle_;
    std::unique_ptr<Warnings> warnings_;  // its address is known to the notice receiver
};

}  // namespace lago::postgres
