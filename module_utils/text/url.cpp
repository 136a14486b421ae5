// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/url.hpp"

#include <algorithm>
#include <charconv>

#include "core/ascii.hpp"

namespace lago::text {

namespace {

bool is_host(std::string_view host) {
    return !host.empty() && std::ranges::all_of(host, [](char c) {
        return ascii::is_alphanumeric(c) || c == '.' || c == '-' || c == '_';
    });
}

bool is_address_in_brackets(std::string_view host) {
    return std::ranges::all_of(host,
                               [](char c) { return ascii::is_alphanumeric(c) || c == ':' || c == '.'; });
}

bool is_path(std::string_view path) {
    return std::ranges::all_of(path, [](char c) { return c > ' ' && c < '\x7f'; });
}

std::expected<std::uint16_t, std::string> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (problem != std::errc() || end != text.data() + text.size() || port == 0)
        return std::unexpected("the port is not a number from 1 to 65535");
    return port;
}

std::expected<void, std::string> split_authority(std::string_view authority, HttpUrl& url) {
    std::string_view rest;
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        if (close == authority.npos || !is_address_in_brackets(authority.substr(1, close - 1)))
            return std::unexpected("the address in brackets is not an IPv6 address");
        url.host = authority.substr(1, close - 1);
        rest = authority.substr(close + 1);
    } else {
        const std::size_t colon = authority.find(':');
        url.host = authority.substr(0, colon);
        rest = colon == authority.npos ? std::string_view() : authority.substr(colon);
        if (!is_host(url.host)) return std::unexpected("it has no valid host name");
    }
    if (rest.empty()) return {};
    if (!rest.starts_with(':')) return std::unexpected("there is something between host name and path");
    const auto port = parse_port(rest.substr(1));
    if (!port) return std::unexpected(port.error());
    url.port = *port;
    return {};
}

}  // namespace

std::string percent_encode(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view unreserved_marks = "-._~";
    std::string encoded;
    encoded.reserve(text.size() * 3);
    for (const char c : text) {
        if (ascii::is_alphanumeric(c) || unreserved_marks.find(c) != unreserved_marks.npos) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
    return encoded;
}

std::expected<HttpUrl, std::string> parse_http_url(std::string_view text) {
    HttpUrl url;
    const bool plain = text.starts_with("http://");
    url.tls = text.starts_with("https://");
    if (!plain && !url.tls) return std::unexpected("it does not start with http:// or https://");
    url.port = url.tls ? 443 : 80;
    text.remove_prefix(url.tls ? 8 : 7);
    if (text.find_first_of("?#") != text.npos) return std::unexpected("it has a query or a fragment");
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string_view authority = text.substr(0, slash);
    if (authority.find('@') != authority.npos) return std::unexpected("it holds a user or a password");
    if (const auto split = split_authority(authority, url); !split) return std::unexpected(split.error());
    url.path = text.substr(slash);
    while (url.path.ends_with('/')) url.path.pop_back();
    if (!is_path(url.path)) return std::unexpected("its path holds a blank or a character that is not ASCII");
    return url;
}

}  // namespace lago::text
