// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/server.hpp"

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace lago::http::tests {

namespace {

void must(bool good, const char* what) {
    if (!good) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

Server::Server(const Serve& serve) {
    system::Fd listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    must(::bind(listening.get(), reinterpret_cast<sockaddr*>(&address), size) == 0, "bind");
    must(::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
    port_ = ntohs(address.sin_port);
    start(std::move(listening), serve);
}

Server Server::on_socket(const Serve& serve) {
    return Server(UnixSocket{}, serve);
}

Server::Server(UnixSocket, const Serve& serve) {
    std::string pattern = (std::filesystem::temp_directory_path() / "lago-http-XXXXXX").string();
    must(::mkdtemp(pattern.data()) != nullptr, "mkdtemp");
    folder_ = pattern;
    socket_ = folder_ + "/server.sock";
    system::Fd listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket_.copy(address.sun_path, sizeof address.sun_path - 1);
    must(::bind(listening.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "bind");
    start(std::move(listening), serve);
}

void Server::start(system::Fd listening, const Serve& serve) {
    must(::listen(listening.get(), 16) == 0, "listen");
    child_ = ::fork();
    must(child_ >= 0, "fork");
    if (child_ != 0) return;
    ::signal(SIGPIPE, SIG_IGN);
    for (;;) {
        const system::Fd connection(::accept(listening.get(), nullptr, nullptr));
        if (connection) serve(connection.get());
    }
}

Server::~Server() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
}

std::string read_request(int fd) {
    std::string request;
    std::array<char, 4096> buffer;
    for (;;) {
        const std::size_t head = request.find("\r\n\r\n");
        if (head != std::string::npos) {
            const std::size_t at = request.find("Content-Length: ");
            const std::size_t body = at < head ? std::strtoul(request.c_str() + at + 16, nullptr, 10) : 0;
            if (request.size() >= head + 4 + body) return request;
        }
        const ssize_t count = ::read(fd, buffer.data(), buffer.size());
        if (count <= 0) return request;
        request.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

void write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd, bytes.data(), bytes.size());
        if (count <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

Server::Serve answering(std::string bytes) {
    return [bytes = std::move(bytes)](int fd) {
        read_request(fd);
        write_all(fd, bytes);
    };
}

}  // namespace lago::http::tests
