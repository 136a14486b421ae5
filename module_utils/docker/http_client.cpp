// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/http_client.hpp"

#include <utility>

namespace lago::docker {

HttpClient::HttpClient(Endpoint way, std::optional<http::Tls> tls, std::string path)
    : way_(std::move(way)), path_(std::move(path)) {
    endpoint_ = {.host = way_.host.empty() ? "localhost" : way_.host,
                 .port = static_cast<std::uint16_t>(way_.port),
                 .addresses = way_.addresses,
                 .unix_socket = way_.socket.empty() ? std::nullopt : std::optional(way_.socket),
                 .tls = std::move(tls)};
}

std::expected<http::Response, http::Error> HttpClient::ask(http::Request request, Deadline deadline) const {
    request.target = path_ + request.target;
    auto connection = way_.connect([&] { return http::Connection::open(endpoint_, deadline); });
    if (!connection) return std::unexpected(connection.error());
    return std::move(*connection).exchange(request, deadline);
}

}  // namespace lago::docker
