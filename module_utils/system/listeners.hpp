// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "system/file.hpp"

namespace lago::system {

/// A TCP socket that listens.
struct Listener {
    std::string address;  ///< "0.0.0.0", "127.0.0.1", "::"
    std::uint16_t port = 0;
    std::uint64_t inode = 0;
    bool operator==(const Listener&) const = default;
};

/// Where something is to listen.
struct HostPort {
    std::string address;  ///< without brackets; empty: all of the machine
    std::uint16_t port = 0;
    bool operator==(const HostPort&) const = default;
};

/// The listening sockets of a table such as /proc/net/tcp and /proc/net/tcp6 (proc(5)). Lines of another
/// shape are left out.
std::vector<Listener> parse_listeners(std::string_view table);

/// Those of this process's network namespace. A kernel without IPv6 has only the others.
std::expected<std::vector<Listener>, SystemError> read_listeners();

/// Whether nobody else can listen at `wanted` because of `listener` (bind(2): EADDRINUSE). A socket for all
/// addresses of IPv6 is taken for one of IPv4 as well, which it is unless it asked not to be.
bool is_in_the_way(const Listener& listener, const HostPort& wanted);

/// "nginx (process 812)" of who holds the socket; empty where that cannot be seen, as of other users'
/// processes without root.
std::string owner_of(const Listener& listener);

}  // namespace lago::system
