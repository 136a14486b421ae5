// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.hpp"

namespace lago::text {

/// The text with each %XX as its byte; nothing where a percent sign has no two hexadecimal digits after it.
std::optional<std::string> percent_decode(std::string_view text);

/// The address of a service with an account, as Lago takes it: postgresql://user:password@host:port/database,
/// rediss://:password@host:port/0. All parts are percent-decoded.
struct ServiceUrl {
    std::string scheme;              ///< in lower case
    std::string user;                ///< may be empty
    std::optional<Secret> password;  ///< nothing where there is none, or an empty one
    std::string host;                ///< without the brackets of an IPv6 address; may be empty
    std::optional<std::uint16_t> port;
    std::string path;  ///< without the leading slash; may be empty
    std::vector<std::pair<std::string, std::string>> query;
};

/// A reserved character in a password that is not percent-encoded is taken as Ruby's URI takes it: the
/// authority ends at the first of `/?#`, the account at the last `@` in it. The error is a sentence without a
/// full stop that repeats nothing of the URL.
std::expected<ServiceUrl, std::string> parse_service_url(const Secret& url);

}  // namespace lago::text
