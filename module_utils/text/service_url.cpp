// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/service_url.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/ascii.hpp"

namespace lago::text {

namespace {

using Parsed = std::expected<void, std::string>;

std::unexpected<std::string> no_url(std::string why) {
    return std::unexpected(std::move(why));
}

std::optional<unsigned> digit_value(char c) {
    unsigned value = 0;
    const auto [end, problem] = std::from_chars(&c, &c + 1, value, 16);
    return problem == std::errc() && end == &c + 1 ? std::optional(value) : std::nullopt;
}

bool is_scheme(std::string_view scheme) {
    return !scheme.empty() && std::ranges::all_of(scheme, [](char c) {
        return ascii::is_alphanumeric(c) || c == '+' || c == '-' || c == '.';
    });
}

Parsed decode(std::string_view text, std::string_view what, std::string& into) {
    auto decoded = percent_decode(text);
    if (!decoded || decoded->find('\0') != std::string::npos)
        return no_url("its " + std::string(what) +
                      " has a percent sign without two hexadecimal digits, or a NUL");
    into = std::move(*decoded);
    return {};
}

Parsed read_account(std::string_view account, ServiceUrl& url) {
    const std::size_t colon = std::min(account.find(':'), account.size());
    if (auto user = decode(account.substr(0, colon), "user name", url.user); !user) return user;
    if (colon + 1 >= account.size()) return {};
    std::string password;
    if (auto decoded = decode(account.substr(colon + 1), "password", password); !decoded) return decoded;
    url.password = Secret(std::move(password));
    return {};
}

Parsed read_port(std::string_view text, ServiceUrl& url) {
    if (text.empty()) return {};
    std::uint16_t port = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (problem != std::errc() || end != text.data() + text.size() || port == 0)
        return no_url("its port is not a number from 1 to 65535");
    url.port = port;
    return {};
}

Parsed read_host(std::string_view text, ServiceUrl& url) {
    const std::size_t close = text.starts_with('[') ? text.find(']') : std::string_view::npos;
    if (text.starts_with('[') && close == std::string_view::npos)
        return no_url("its address has a bracket that is not closed");
    const std::size_t colon =
        close == std::string_view::npos ? std::min(text.find(':'), text.size()) : close + 1;
    const std::string_view host =
        close == std::string_view::npos ? text.substr(0, colon) : text.substr(1, close - 1);
    if (auto decoded = decode(host, "host name", url.host); !decoded) return decoded;
    if (colon >= text.size()) return {};
    if (text[colon] != ':') return no_url("there is something between its host name and its path");
    return read_port(text.substr(colon + 1), url);
}

Parsed read_query(std::string_view query, ServiceUrl& url) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        std::string name;
        std::string value;
        if (auto decoded = decode(pair.substr(0, equals), "query", name); !decoded) return decoded;
        if (auto decoded = decode(pair.substr(std::min(equals + 1, pair.size())), "query", value); !decoded)
            return decoded;
        url.query.emplace_back(std::move(name), std::move(value));
    }
    return {};
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded += text[at];
            continue;
        }
        if (at + 2 >= text.size()) return std::nullopt;
        const auto high = digit_value(text[at + 1]);
        const auto low = digit_value(text[at + 2]);
        if (!high || !low) return std::nullopt;
        decoded += static_cast<char>(*high * 16 + *low);
        at += 2;
    }
    return decoded;
}

std::expected<ServiceUrl, std::string> parse_service_url(const Secret& secret) {
    std::string_view text = secret.expose();
    const std::size_t after_scheme = text.find("://");
    if (after_scheme == std::string_view::npos || !is_scheme(text.substr(0, after_scheme)))
        return no_url("it has no scheme such as postgresql:// or redis://");
    ServiceUrl url;
    std::ranges::transform(text.substr(0, after_scheme), std::back_inserter(url.scheme), ascii::lowered);
    text.remove_prefix(after_scheme + 3);
    text = text.substr(0, text.find('#'));
    const std::size_t end = std::min(text.find_first_of("/?"), text.size());
    const std::string_view authority = text.substr(0, end);
    const std::size_t at_sign = authority.rfind('@');
    const bool has_account = at_sign != std::string_view::npos;
    if (has_account)
        if (auto read = read_account(authority.substr(0, at_sign), url); !read)
            return std::unexpected(read.error());
    if (auto read = read_host(authority.substr(has_account ? at_sign + 1 : 0), url); !read)
        return std::unexpected(read.error());
    const std::string_view rest = text.substr(end);
    const std::size_t question = std::min(rest.find('?'), rest.size());
    std::string_view path = rest.substr(0, question);
    if (path.starts_with('/')) path.remove_prefix(1);
    if (auto read = decode(path, "path", url.path); !read) return std::unexpected(read.error());
    if (auto read = read_query(rest.substr(std::min(question + 1, rest.size())), url); !read)
        return std::unexpected(read.error());
    return url;
}

}  // namespace lago::text
