// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace lago::text {

/// Every byte but RFC 3986's unreserved characters becomes %XX, the slash too.
std::string percent_encode(std::string_view text);

/// An http or https address without user, query and fragment.
struct HttpUrl {
    bool tls = false;
    std::string host;  ///< without the brackets of an IPv6 address
    std::uint16_t port = 80;
    std::string path;  ///< empty, or with a leading and without a trailing slash
    bool operator==(const HttpUrl&) const = default;
};

/// The error is a sentence without a full stop; it never repeats the address, which may hold a password.
std::expected<HttpUrl, std::string> parse_http_url(std::string_view text);

}  // namespace lago::text
