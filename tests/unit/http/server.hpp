// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "system/fd.hpp"

namespace lago::http::tests {

/// A server in a child process: each connection is given to `serve` (a connected descriptor, in the child).
class Server {
public:
    using Serve = std::function<void(int fd)>;
    /// Listens on a free port of 127.0.0.1.
    explicit Server(const Serve& serve);
    /// Listens on a unix socket in a folder of its own.
    static Server on_socket(const Serve& serve);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    std::uint16_t port() const { return port_; }
    const std::string& socket() const { return socket_; }
    const std::string& folder() const { return folder_; }

private:
    struct UnixSocket {};
    Server(UnixSocket, const Serve& serve);
    void start(system::Fd listening, const Serve& serve);

    std::uint16_t port_ = 0;
    std::string folder_;
    std::string socket_;
    pid_t child_ = 0;
};

/// Reads a request up to the end of its headers, and of its body where Content-Length names one.
std::string read_request(int fd);
void write_all(int fd, std::string_view bytes);

/// A `Serve` that reads the request and answers these bytes, then closes.
Server::Serve answering(std::string bytes);

}  // namespace lago::http::tests
