// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "core/failure.hpp"
#include "http/http.hpp"

namespace lago::redis {

enum class ErrorKind {
    refused,             ///< nobody listens
    unreachable,         ///< no route, network down
    no_socket,           ///< nothing at the unix socket's path
    denied,              ///< the unix socket may not be used by this user
    timed_out,           ///< the deadline passed
    tls,                 ///< the handshake failed; often the server does not speak TLS
    certificate,         ///< the server's certificate is not trusted, or is out of date
    host_name,           ///< its certificate is for another name
    ca_file,             ///< the file of authorities cannot be read
    client_certificate,  ///< ours cannot be read, does not fit its key, or the server wants another
    closed,              ///< the connection ended before the answer did
    garbage,             ///< what came is not Redis' protocol
    too_large,           ///< the answer is larger than any this client asks for
    no_auth,             ///< NOAUTH: a password is needed
    wrong_password,      ///< WRONGPASS
    no_password_set,     ///< a password was given, but the server has none
    no_permission,       ///< NOPERM: the ACL of this user lacks something
    loading,             ///< LOADING: the data set is being read into memory
    protected_mode,      ///< DENIED: only loopback may connect
    read_only,           ///< READONLY: a replica
    master_down,         ///< MASTERDOWN: a replica that has lost its master
    moved,               ///< MOVED, CLUSTERDOWN, CROSSSLOT: a cluster
    busy,                ///< BUSY: a script is running
    too_many_clients,    ///< maxclients is reached
    unknown_command,     ///< renamed, switched off, or too old for it
    no_database,         ///< SELECT of a number the server does not have
    server,              ///< any other error of the server
};

/// The stable word for `error_kind`: "wrong_password".
std::string_view word(ErrorKind kind);

struct Error {
    ErrorKind kind = ErrorKind::server;
    std::string message;  ///< the server's or the system's own words

    /// True where the same may succeed a little later without anybody's doing.
    bool is_passing() const;
    /// True where the server may simply not have been started yet.
    bool not_there_yet() const;
};

/// What the reader can do about it; may be empty.
std::string_view hint(ErrorKind kind);

/// The kind of a server's error reply, by its first word and, where that is only ERR, by its text.
Error read_server_error(std::string_view reply);

Error from(const http::Error& error);

/// The Failure that ends the module.
Failure to_failure(const Error& error, std::string what);

}  // namespace lago::redis
