// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as the answer of a server on a unix socket: an answer within the limit, or an error with a
// message.

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/http.hpp"
#include "system/fd.hpp"

namespace {

using lago::system::Fd;

void must(bool good) {
    if (!good) std::abort();
}

struct Listener {
    Listener() {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, path.size());
        ::unlink(path.c_str());
        must(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        must(::listen(fd.get(), 4) == 0);
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() { ::unlink(path.c_str()); }

    std::string path = "/tmp/lago-fuzz-" + std::to_string(::getpid());
    Fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace std::chrono_literals;
    constexpr std::size_t limit = 1000;
    constexpr std::size_t fits_the_socket = 65536;
    static const Listener listener;
    const lago::Deadline deadline = lago::Deadline::after(5s);
    auto connection = lago::http::Connection::open({.host = "fuzz", .unix_socket = listener.path}, deadline);
    must(connection.has_value());
    const Fd server(::accept(listener.fd.get(), nullptr, nullptr));
    must(::send(server.get(), data, std::min(size, fits_the_socket), 0) >= 0);
    ::shutdown(server.get(), SHUT_WR);
    const auto response = std::move(*connection).exchange({}, deadline, limit);
    if (response) must(response->body.size() <= limit && response->status >= 100);
    if (!response)
        must(!response.error().message.empty() && response.error().kind != lago::http::ErrorKind::timed_out);
    return 0;
}
