// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/listeners.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <catch2/catch_test_macros.hpp>

#include "system/fd.hpp"

using namespace lago::system;

TEST_CASE("the kernel's tables of sockets", "[listeners]") {
    if constexpr (std::endian::native == std::endian::big)
        SKIP("the tables below are of a little-endian machine");
    // proc(5); a listening one, one that is connected, and what is no line.
    const auto found = parse_listeners(
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        "   0: 0100007F:1F98 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 "
        "0\n"
        "   1: 0100007F:1F98 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 "
        "0\n"
        "   2: 00000000:0050 00000000:0000 0A\n"
        "   3: 0100007Z:1F98 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 "
        "0\n"
        "   4: 0100007F 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0\n\n");
    CHECK(found == std::vector<Listener>{{.address = "127.0.0.1", .port = 8088, .inode = 4711}});
    const auto six = parse_listeners(
        "   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 "
        "7 1\n"
        "   1: 000080FE00000000FF565A0201020304:0050 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 "
        "8 1");
    REQUIRE(six.size() == 2);
    CHECK(six[0].address == "::");
    CHECK(six[1].address == "fe80::25a:56ff:403:201");
}

TEST_CASE("which listener keeps others from a port", "[listeners]") {
    const auto blocks = [](const char* address, const char* wanted) {
        return is_in_the_way({.address = address, .port = 80, .inode = 1}, {.address = wanted, .port = 80});
    };
    CHECK(blocks("127.0.0.1", ""));
    CHECK(blocks("::1", "0.0.0.0"));
    CHECK(blocks("0.0.0.0", "127.0.0.1"));
    CHECK(blocks("::", "127.0.0.1"));
    CHECK(blocks("::1", "::1"));
    CHECK_FALSE(blocks("127.0.0.1", "10.0.0.1"));
    CHECK_FALSE(blocks("0.0.0.0", "::1"));
    CHECK_FALSE(is_in_the_way({.address = "0.0.0.0", .port = 80, .inode = 1}, {.address = "", .port = 81}));
}

TEST_CASE("a socket of this process is found, and whose it is", "[listeners]") {
    const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const general = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(socket.get(), general, size) == 0);
    REQUIRE(::listen(socket.get(), 1) == 0);
    REQUIRE(::getsockname(socket.get(), general, &size) == 0);
    const auto found = read_listeners();
    REQUIRE(found);
    const auto ours = std::ranges::find(*found, ntohs(address.sin_port), &Listener::port);
    REQUIRE(ours != found->end());
    CHECK(ours->address == "127.0.0.1");
    CHECK(owner_of(*ours).ends_with("(process " + std::to_string(::getpid()) + ")"));
    CHECK(owner_of({.address = "127.0.0.1", .port = 1, .inode = 1}).empty());
}
