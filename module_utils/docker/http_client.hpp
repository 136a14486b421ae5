// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "core/deadline.hpp"
#include "docker/service_address.hpp"
#include "http/http.hpp"

namespace lago::docker {

/// HTTP to a service that was found, for several requests: each opens its own connection, where the service
/// is reached.
class HttpClient {
public:
    /// `path` stands before each request's target; empty, or with a leading slash and without a trailing one.
    explicit HttpClient(Endpoint way, std::optional<http::Tls> tls = {}, std::string path = {});

    std::expected<http::Response, http::Error> ask(http::Request request, Deadline deadline) const;

private:
    Endpoint way_;
    std::string path_;
    http::Endpoint endpoint_;
};

}  // namespace lago::docker
