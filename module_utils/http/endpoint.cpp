// SPDX-License-Identifier: GPL-3.0-or-later
#include <strings.h>

#include <algorithm>

#include "http/http.hpp"

namespace lago::http {

std::string_view word(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::bad_request:
            return "bad_request";
        case ErrorKind::no_address:
            return "no_address";
        case ErrorKind::no_socket:
            return "no_socket";
        case ErrorKind::denied:
            return "permission_denied";
        case ErrorKind::refused:
            return "connection_refused";
        case ErrorKind::unreachable:
            return "unreachable";
        case ErrorKind::timed_out:
            return "timed_out";
        case ErrorKind::tls:
            return "tls_handshake";
        case ErrorKind::certificate:
            return "certificate";
        case ErrorKind::host_name:
            return "host_name_mismatch";
        case ErrorKind::ca_file:
            return "ca_file";
        case ErrorKind::client_certificate:
            return "client_certificate";
        case ErrorKind::closed:
            return "connection_closed";
        case ErrorKind::garbage:
            return "garbage";
        case ErrorKind::too_large:
            return "too_large";
        case ErrorKind::stopped:
            return "stopped";
    }
    return "unknown";
}

std::string Endpoint::name() const {
    if (unix_socket) return "the socket " + *unix_socket;
    const bool bracketed = host.find(':') != std::string::npos;
    return (bracketed ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<std::string_view> Response::header(std::string_view name) const {
    const auto found = std::ranges::find_if(headers, [&](const Header& header) {
        return header.first.size() == name.size() &&
               ::strncasecmp(header.first.data(), name.data(), name.size()) == 0;
    });
    if (found == headers.end()) return std::nullopt;
    return found->second;
}

std::expected<Response, Error> send(const Endpoint& endpoint, const Request& request, Deadline deadline,
                                    std::size_t limit) {
    auto connection = Connection::open(endpoint, deadline);
    if (!connection) return std::unexpected(connection.error());
    return std::move(*connection).exchange(request, deadline, limit);
}

std::expected<Response, Error> stream(const Endpoint& endpoint, const Request& request,
                                      const Receiver& receive, Deadline deadline) {
    auto connection = Connection::open(endpoint, deadline);
    if (!connection) return std::unexpected(connection.error());
    return std::move(*connection).stream(request, receive, deadline);
}

}  // namespace lago::http
