// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/deadline.hpp"
#include "core/secret.hpp"

namespace lago::http {

enum class ErrorKind {
    bad_request,  ///< what was asked for cannot be sent: a line break in a header, a socket name too long
    no_address,   ///< there is no numeric address to connect to
    no_socket,    ///< nothing at the unix socket's path
    denied,       ///< the unix socket may not be used by this user
    refused,      ///< nobody listens
    unreachable,  ///< no route, network down
    timed_out,    ///< the deadline passed
    tls,          ///< the handshake failed; often the server does not speak TLS
    certificate,  ///< the server's certificate is not trusted, or is out of date
    host_name,    ///< the certificate is for another name
    ca_file,      ///< the file of authorities cannot be read
    client_certificate,  ///< ours cannot be used, or the server wants another
    closed,              ///< the connection ended before the answer did
    garbage,             ///< what came is not HTTP
    too_large,           ///< the answer is larger than the limit
    stopped,             ///< the receiver of a streamed answer wants no more of it
};

/// A stable word for a result's `error_kind`: "timed_out", "host_name_mismatch"…
std::string_view word(ErrorKind kind);

struct Error {
    ErrorKind kind = ErrorKind::closed;
    std::string message;  ///< "cannot connect to lago.example.com:443: Connection refused"
};

/// How the server of an https address is checked.
struct Tls {
    std::string ca_file;  ///< PEM; empty: the system's authorities, wherever this distribution keeps them
    bool verify = true;   ///< false: neither the chain nor the name is looked at
    std::string certificate_file = {};  ///< our own, PEM with its chain; empty: none
    std::string key_file = {};          ///< its key, PEM, not encrypted; empty: it is in certificate_file
};

/// Where a server listens. Names are not looked up here (docker::resolve does, within a deadline and in the
/// right network); proxy variables of the environment are not read.
struct Endpoint {
    std::string host;  ///< for the Host header and the certificate
    std::uint16_t port = 80;
    std::vector<std::string> addresses;      ///< numeric, tried in order; empty: `host` is numeric itself
    std::optional<std::string> unix_socket;  ///< used instead of TCP
    std::optional<Tls> tls;                  ///< absent: plain HTTP

    /// "lago.example.com:443", or "the socket /run/x.sock": for messages.
    std::string name() const;
};

using Header = std::pair<std::string, std::string>;

struct Request {
    std::string method = "GET";
    std::string target = "/";  ///< path and query, already percent-encoded
    std::vector<Header> headers;
    std::vector<std::pair<std::string, Secret>> secret_headers;  ///< `Authorization`, `X-Registry-Auth`
    std::string body;
    std::string content_type = "application/json";  ///< sent only with a body
};

struct Response {
    int status = 0;
    std::vector<Header> headers;
    std::string body;

    /// The first header of that name, in any case.
    std::optional<std::string_view> header(std::string_view name) const;
};

/// The size of an answer's body that is taken unless a caller says otherwise.
inline constexpr std::size_t usual_limit = 4U << 20U;

/// Takes the next bytes of a streamed body; false where it wants no more.
using Receiver = std::function<bool(std::string_view piece)>;

/// A connection for one request. Connecting and asking are two calls because a socket keeps the network
/// namespace it was made in: only open() has to happen inside of one.
class Connection {
public:
    /// Connects and, for TLS, shakes hands and checks certificate and name.
    static std::expected<Connection, Error> open(const Endpoint& endpoint, Deadline deadline);
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    ~Connection();

    /// Sends the request and reads the answer, then the connection is done. Redirects are answers like
    /// others: they are not followed. A body of more than `limit` bytes is `too_large`, whatever was
    /// announced.
    std::expected<Response, Error> exchange(const Request& request, Deadline deadline,
                                            std::size_t limit = usual_limit) &&;
    /// The same, but the body of an answer below 400 goes to `receive` piece by piece, of any length, and is
    /// empty in what is returned.
    std::expected<Response, Error> stream(const Request& request, const Receiver& receive,
                                          Deadline deadline) &&;

private:
    std::expected<Response, Error> run(const Request& request, const Receiver& receive, Deadline deadline,
                                       std::size_t limit) &&;

    struct State;
    explicit Connection(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Opens, asks and closes.
std::expected<Response, Error> send(const Endpoint& endpoint, const Request& request, Deadline deadline,
                                    std::size_t limit = usual_limit);
/// The same with a streamed body.
std::expected<Response, Error> stream(const Endpoint& endpoint, const Request& request,
                                      const Receiver& receive, Deadline deadline);

}  // namespace lago::http
