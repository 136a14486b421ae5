// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "core/failure.hpp"

namespace lago::postgres {

enum class ErrorKind {
    no_socket,             ///< nothing stands at the unix socket's path
    refused,               ///< nobody listens
    unreachable,           ///< no route, or the network is down
    no_such_host,          ///< the name does not exist
    timeout,               ///< the deadline passed
    wrong_password,        ///< 28P01
    password_missing,      ///< the server asks for one and none was given
    authentication,        ///< 28000: peer, ident, certificate, a role that may not log in
    no_pg_hba_entry,       ///< 28000: pg_hba.conf has no line for this client
    proof_refused,         ///< the server let us in without the proof that was asked for (trust)
    database_missing,      ///< 3D000
    tls_required,          ///< pg_hba.conf has no line for a client without TLS
    tls_refused,           ///< the server has no TLS
    tls_wrong_host,        ///< the certificate is for another name
    tls_unknown_ca,        ///< the certificate is not signed by a known authority
    tls_no_ca,             ///< no file with authorities to check against
    tls,                   ///< any other failure of TLS
    too_many_connections,  ///< 53300
    starting,              ///< 57P03
    not_permitted,         ///< 42501
    read_only,             ///< 25006
    exists,                ///< 42710, 42P04: somebody else made it meanwhile
    in_use,                ///< 55006
    no_space,              ///< 53100: the server's disk is full
    gone,                  ///< the server closed the connection
    garbage,               ///< what answers does not speak PostgreSQL's protocol
    client,                ///< libpq refused before asking anybody: a parameter that it does not know
    server                 ///< any other error of the server
};

/// The stable word for `error_kind`.
std::string_view word(ErrorKind kind);

struct Error {
    ErrorKind kind = ErrorKind::server;
    std::string message;   ///< the server's or libpq's own words, one line
    std::string sqlstate;  ///< empty where the server said nothing
    std::string hint;      ///< the server's own; may be empty
};

/// An answer of the server told by its SQLSTATE.
Error server_error(std::string sqlstate, std::string message, std::string detail, std::string hint);

/// Reads what libpq wrote of a connection that failed with PQERRORS_VERBOSE; of the two attempts that
/// sslmode=prefer makes, the one that says more.
Error connection_error(std::string_view text, bool with_tls);

/// The Failure that ends the module, with what the reader can do.
Failure to_failure(const Error& error, std::string what);

}  // namespace lago::postgres
