// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/service_address.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "core/failure.hpp"
#include "system/fd.hpp"

using namespace lago;
using namespace lago::docker;

namespace {

using Ways = std::vector<Way>;
const Deadline soon = Deadline::after(std::chrono::seconds(10));

ServiceAddress at(std::optional<std::string> host, std::optional<std::string> container,
                  std::optional<std::string> socket) {
    ServiceAddress address;
    address.host = std::move(host);
    address.container = std::move(container);
    address.unix_socket = std::move(socket);
    address.port = 6379;
    address.docker_host = "/nonexistent/docker.sock";
    return address;
}

class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "lago-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

system::Fd listen_on(const std::string& path) {
    system::Fd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(fd.get(), 1) == 0);
    return fd;
}

}  // namespace

TEST_CASE("the ways and their order", "[docker][service_address]") {
    CHECK(ways_to(at({}, {}, {})) == Ways{Way::tcp});
    CHECK(ways_to(at("db", {}, {})) == Ways{Way::tcp});
    CHECK(ways_to(at({}, "c", {})) == Ways{Way::container, Way::address});
    CHECK(ways_to(at("db", "c", {})) == Ways{Way::container, Way::tcp});
    CHECK(ways_to(at({}, {}, "/s")) == Ways{Way::socket});
    CHECK(ways_to(at("db", "c", "/s")) == Ways{Way::socket, Way::container, Way::tcp});
}

TEST_CASE("never from a named container to this machine's localhost", "[docker][service_address]") {
    for (const char* loopback : {"localhost", "127.0.0.1", "127.1.2.3", "::1"})
        CHECK(ways_to(at(loopback, "c", {})) == Ways{Way::container});
}

TEST_CASE("a method is the only way", "[docker][service_address]") {
    ServiceAddress address = at("db", "c", "/s");
    address.method = Way::tcp;
    CHECK(ways_to(address) == Ways{Way::tcp});
}

TEST_CASE("the service's own sockets only where nothing was named", "[docker][service_address]") {
    ServiceAddress address = at({}, {}, {});
    address.defaults.sockets = {"/run/postgresql"};
    CHECK(ways_to(address) == Ways{Way::socket, Way::tcp});
    address.host = "db";
    CHECK(ways_to(address) == Ways{Way::tcp});
}

TEST_CASE("a socket that is there", "[docker][service_address]") {
    const Folder folder;
    const system::Fd listening = listen_on(folder / ".s.PGSQL.6379");
    const auto direct = find_way(at({}, {}, folder / ".s.PGSQL.6379"), soon);
    REQUIRE(direct);
    CHECK(direct->way == Way::socket);
    CHECK(direct->socket == folder / ".s.PGSQL.6379");

    ServiceAddress in_folder = at({}, {}, folder.path());
    in_folder.defaults.socket_name = ".s.PGSQL.";
    CHECK(find_way(in_folder, soon).value().socket == folder / ".s.PGSQL.6379");
}

TEST_CASE("a socket that is not there, or is none", "[docker][service_address]") {
    const Folder folder;
    const auto missing = find_way(at({}, {}, folder / "none"), soon);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind == ReachError::Kind::socket_missing);
    const auto odd = find_way(at({}, {}, folder.path()), soon);
    REQUIRE_FALSE(odd);
    CHECK(odd.error().kind == ReachError::Kind::socket_unusable);
    CHECK(find_way(at("127.0.0.1", {}, folder / "none"), soon).value().way == Way::tcp);
}

TEST_CASE("without an Engine: on to the named host, else an error that names all",
          "[docker][service_address]") {
    CHECK(find_way(at("10.0.0.1", "mash-redis", {}), soon).value().way == Way::tcp);
    const auto none = find_way(at({}, "mash-redis", {}), soon);
    REQUIRE_FALSE(none);
    CHECK(none.error().kind == ReachError::Kind::engine_unavailable);
    CHECK(none.error().not_there_yet());
    CHECK(none.error().why.find("/nonexistent/docker.sock") != std::string::npos);
}

TEST_CASE("a way in words, for messages and results", "[docker][service_address]") {
    Endpoint endpoint;
    endpoint.host = "fd00::1";
    endpoint.port = 6379;
    CHECK(endpoint.description() == "[fd00::1]:6379");
    endpoint.way = Way::container;
    endpoint.host = "mash-redis";
    endpoint.container = "mash-lago-api";
    CHECK(endpoint.description() == "mash-redis:6379 in the network of container mash-lago-api");
    CHECK(endpoint.to_dict() ==
          Dict{{"way", "container"}, {"host", "mash-redis"}, {"port", 6379}, {"container", "mash-lago-api"}});
}
