// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/socket.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "system/wait.hpp"

namespace lago::http {

namespace {

using system::Fd;

ErrorKind kind_of(int number) {
    switch (number) {
        case EINVAL:
            return ErrorKind::no_address;
        case ENOENT:
            return ErrorKind::no_socket;
        case EACCES:
        case EPERM:
            return ErrorKind::denied;
        case ECONNREFUSED:
            return ErrorKind::refused;
        case ETIMEDOUT:
            return ErrorKind::timed_out;
        case ECONNRESET:
            return ErrorKind::closed;
        default:
            return ErrorKind::unreachable;
    }
}

Error failed(const Endpoint& endpoint, int number) {
    return {kind_of(number), "cannot connect to " + endpoint.name() + ": " + std::strerror(number)};
}

// connect(2), but for a unix socket whose server has as many callers waiting as it allows: that one neither
// waits nor can be waited for (EAGAIN), so it is called again until the deadline.
int connect_or_errno(int fd, const sockaddr* address, socklen_t size, Deadline deadline) {
    constexpr int pause = 5;  // milliseconds
    while (::connect(fd, address, size) != 0) {
        if (errno != EAGAIN || address->sa_family != AF_UNIX) return errno;
        if (deadline.passed()) return ETIMEDOUT;
        ::poll(nullptr, 0, pause);
    }
    return 0;
}

std::expected<Fd, int> connect_socket(const sockaddr* address, socklen_t size, Deadline deadline) {
    Fd fd(::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return std::unexpected(errno);
    const int number = connect_or_errno(fd.get(), address, size, deadline);
    if (number == 0) return fd;
    if (number != EINPROGRESS && number != EINTR) return std::unexpected(number);
    if (!system::wait_for(fd.get(), POLLOUT, deadline)) return std::unexpected(ETIMEDOUT);
    int result = 0;
    socklen_t length = sizeof result;
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &result, &length) != 0) result = errno;
    if (result != 0) return std::unexpected(result);
    return fd;
}

std::expected<Fd, Error> connect_unix(const Endpoint& endpoint, Deadline deadline) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string& path = *endpoint.unix_socket;
    if (path.empty() || path.size() >= sizeof address.sun_path || path.find('\0') != std::string::npos)
        return std::unexpected(Error{ErrorKind::bad_request, "the name of a unix socket has 1 to " +
                                                                 std::to_string(sizeof address.sun_path - 1) +
                                                                 " bytes and no NUL"});
    path.copy(address.sun_path, path.size());
    auto fd = connect_socket(reinterpret_cast<const sockaddr*>(&address), sizeof address, deadline);
    if (!fd) return std::unexpected(failed(endpoint, fd.error()));
    return std::move(*fd);
}

struct FreeAddresses {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

std::expected<Fd, int> connect_address(const std::string& numeric, std::uint16_t port, Deadline deadline) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* raw = nullptr;
    if (::getaddrinfo(numeric.c_str(), std::to_string(port).c_str(), &hints, &raw) != 0)
        return std::unexpected(EINVAL);
    const std::unique_ptr<addrinfo, FreeAddresses> list(raw);
    auto fd = connect_socket(list->ai_addr, list->ai_addrlen, deadline);
    if (fd) {
        const int on = 1;
        ::setsockopt(fd->get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return fd;
}

std::expected<Fd, Error> connect_tcp(const Endpoint& endpoint, Deadline deadline) {
    const std::vector<std::string> addresses =
        endpoint.addresses.empty() ? std::vector{endpoint.host} : endpoint.addresses;
    int last = EADDRNOTAVAIL;
    for (std::size_t at = 0; at < addresses.size(); ++at) {
        const auto share = deadline.left() / static_cast<int>(addresses.size() - at);
        auto fd = connect_address(addresses[at], endpoint.port, deadline.within(share));
        if (fd) return std::move(*fd);
        last = fd.error();
    }
    return std::unexpected(failed(endpoint, last));
}

}  // namespace

std::expected<Fd, Error> connect_to(const Endpoint& endpoint, Deadline deadline) {
    return endpoint.unix_socket ? connect_unix(endpoint, deadline) : connect_tcp(endpoint, deadline);
}

}  // namespace lago::http
