// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/error.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace lago::redis {

namespace {

struct Known {
    ErrorKind kind;
    std::string_view word;
    std::string_view hint;
};

constexpr std::array known{
    Known{ErrorKind::refused, "connection_refused",
          "Start the server, and check login_port; a container's port is reached through login_container"},
    Known{ErrorKind::unreachable, "unreachable", "Check login_host and the route to it"},
    Known{ErrorKind::no_socket, "no_socket", "Check login_unix_socket, and whether the server is running"},
    Known{ErrorKind::denied, "permission_denied", "Run the task as a user who may use it (become: true)"},
    Known{ErrorKind::timed_out, "timed_out",
          "Check the address and firewalls on the way, or raise timeout; a server that hangs is often "
          "swapping"},
    Known{ErrorKind::tls, "tls_handshake",
          "Set tls: false where the server has no TLS on this port; it must offer TLS 1.2 or newer"},
    Known{ErrorKind::certificate, "certificate",
          "Give the certificate of the authority that signed the server's as ca_certs; validate_certs: false "
          "checks nothing"},
    Known{ErrorKind::host_name, "host_name_mismatch",
          "Give the name that stands in the server's certificate as login_host"},
    Known{ErrorKind::ca_file, "ca_file", "Give a readable PEM file on the target as ca_certs"},
    Known{ErrorKind::client_certificate, "client_certificate",
          "Give client_cert_file and client_key_file as the server's tls-auth-clients asks for"},
    Known{ErrorKind::closed, "connection_closed",
          "Look at the server's log; a server with TLS on this port hangs up on plain text (set tls: true), "
          "and "
          "some hang up on a client certificate that they do not know"},
    Known{ErrorKind::garbage, "garbage",
          "Something else listens there, or the port speaks TLS: check login_port, or set tls: true"},
    Known{ErrorKind::too_large, "too_large", "Something else listens there: check login_port"},
    Known{ErrorKind::no_auth, "no_auth", "Give login_password (and login_user for an ACL user)"},
    Known{
        ErrorKind::wrong_password, "wrong_password",
        "Compare login_user and login_password with requirepass or the ACL file of the server; the user may "
        "also be switched off"},
    Known{ErrorKind::no_password_set, "no_password_set",
          "Leave login_password out, or set requirepass on the server"},
    Known{ErrorKind::no_permission, "no_permission", "Give the user what is missing with ACL SETUSER"},
    Known{ErrorKind::loading, "loading", "Wait until the server has read its data, or raise timeout"},
    Known{ErrorKind::protected_mode, "protected_mode",
          "Set a password on the server, or reach it over loopback (login_container, login_unix_socket)"},
    Known{ErrorKind::read_only, "read_only", "Give the address of the master"},
    Known{ErrorKind::master_down, "master_down", "Give the address of the master"},
    Known{ErrorKind::moved, "cluster", "Lago needs one Redis that is not a cluster"},
    Known{ErrorKind::busy, "busy", "A script has been running for long: see SCRIPT KILL"},
    Known{ErrorKind::too_many_clients, "too_many_clients", "Raise maxclients, or look for who is connected"},
    Known{ErrorKind::unknown_command, "unknown_command",
          "The command was renamed or switched off on the server, or the server is too old for it"},
    Known{ErrorKind::no_database, "no_database", "Use a smaller db, or raise databases on the server"},
    Known{ErrorKind::server, "server_error", "Look at the server's log"},
};

const Known& about(ErrorKind kind) {
    return *std::ranges::find(known, kind, &Known::kind);
}

struct Prefix {
    std::string_view text;
    ErrorKind kind;
};

constexpr std::array prefixes{
    Prefix{"NOAUTH", ErrorKind::no_auth},
    Prefix{"WRONGPASS", ErrorKind::wrong_password},
    Prefix{"NOPERM", ErrorKind::no_permission},
    Prefix{"LOADING", ErrorKind::loading},
    Prefix{"DENIED", ErrorKind::protected_mode},
    Prefix{"READONLY", ErrorKind::read_only},
    Prefix{"MASTERDOWN", ErrorKind::master_down},
    Prefix{"MOVED", ErrorKind::moved},
    Prefix{"ASK", ErrorKind::moved},
    Prefix{"CROSSSLOT", ErrorKind::moved},
    Prefix{"CLUSTERDOWN", ErrorKind::moved},
    Prefix{"BUSY", ErrorKind::busy},
    Prefix{"ERR unknown command", ErrorKind::unknown_command},
    Prefix{"ERR invalid password", ErrorKind::wrong_password},  // before 6.0
    Prefix{"ERR Client sent AUTH, but no password is set", ErrorKind::no_password_set},
    Prefix{"ERR AUTH <password> called without any password", ErrorKind::no_password_set},
    Prefix{"ERR max number of clients", ErrorKind::too_many_clients},
    Prefix{"ERR DB index is out of range", ErrorKind::no_database},
    Prefix{"ERR invalid DB index", ErrorKind::no_database},
    Prefix{"ERR SELECT is not allowed in cluster mode", ErrorKind::moved},
};

// A prefix ends at a word's end: BUSYGROUP is not BUSY.
bool begins_with_words(std::string_view reply, std::string_view words) {
    return reply.starts_with(words) && (reply.size() == words.size() || reply[words.size()] == ' ' ||
                                        reply[words.size()] == ',' || words.contains(' '));
}

}  // namespace

std::string_view word(ErrorKind kind) {
    return about(kind).word;
}

std::string_view hint(ErrorKind kind) {
    return about(kind).hint;
}

bool Error::is_passing() const {
    switch (kind) {
        case ErrorKind::refused:
        case ErrorKind::unreachable:
        case ErrorKind::no_socket:
        case ErrorKind::timed_out:
        case ErrorKind::closed:
        case ErrorKind::loading:
        case ErrorKind::busy:
        case ErrorKind::too_many_clients:
        case ErrorKind::master_down:
            return true;
        default:
            return false;
    }
}

bool Error::not_there_yet() const {
    return kind == ErrorKind::refused || kind == ErrorKind::no_socket;
}

Error read_server_error(std::string_view reply) {
    const auto found = std::ranges::find_if(
        prefixes, [&](const Prefix& prefix) { return begins_with_words(reply, prefix.text); });
    return {found == prefixes.end() ? ErrorKind::server : found->kind, std::string(reply)};
}

Error from(const http::Error& error) {
    using Http = http::ErrorKind;
    constexpr std::array pairs{
        std::pair{Http::no_socket, ErrorKind::no_socket},
        std::pair{Http::denied, ErrorKind::denied},
        std::pair{Http::refused, ErrorKind::refused},
        std::pair{Http::timed_out, ErrorKind::timed_out},
        std::pair{Http::tls, ErrorKind::tls},
        std::pair{Http::certificate, ErrorKind::certificate},
        std::pair{Http::host_name, ErrorKind::host_name},
        std::pair{Http::ca_file, ErrorKind::ca_file},
        std::pair{Http::client_certificate, ErrorKind::client_certificate},
        std::pair{Http::closed, ErrorKind::closed},
        std::pair{Http::garbage, ErrorKind::garbage},
    };
    const auto found = std::ranges::find(pairs, error.kind, [](const auto& pair) { return pair.first; });
    return {found == pairs.end() ? ErrorKind::unreachable : found->second, error.message};
}

Failure to_failure(const Error& error, std::string what) {
    return {.what = std::move(what),
            .why = error.message,
            .hint = std::string(hint(error.kind)),
            .kind = std::string(word(error.kind)),
            .facts = {}};
}

}  // namespace lago::redis
