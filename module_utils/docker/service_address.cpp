// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/service_address.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/failure.hpp"
#include "docker/resolve.hpp"

namespace lago::docker {

namespace {

using Kind = ReachError::Kind;
using Found = std::expected<Endpoint, ReachError>;

constexpr std::array ways{Way::socket, Way::container, Way::address, Way::tcp};
constexpr std::size_t longest_socket_path = 107;  // unix(7): sun_path has 108 bytes with its NUL

[[noreturn]] void refuse(const std::string& option, const std::string& why, const std::string& hint) {
    throw Failure{.what = option, .why = why, .hint = hint, .kind = "bad_" + option, .facts = {}};
}

std::optional<std::string> text_of(const Options& options, std::string_view name) {
    auto text = options.find<std::string>(name);
    if (!text || text->empty()) return std::nullopt;
    if (text->find('\0') != std::string::npos)
        refuse(std::string(name), "there is a NUL byte in it", "Give it without");
    return text;
}

std::string usual_docker_host() {
    const char* host = std::getenv("DOCKER_HOST");
    return host != nullptr && *host != '\0' ? host : std::string(Engine::default_socket);
}

std::string docker_host_of(const Options& options) {
    return text_of(options, "docker_host").value_or(usual_docker_host());
}

std::optional<Way> way_named(const std::string& text) {
    const auto found = std::ranges::find_if(ways, [&](Way way) { return word(way) == text; });
    return found == ways.end() ? std::nullopt : std::optional(*found);
}

bool is_loopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

void refuse_what_cannot_be_meant(const ServiceAddress& address) {
    if (address.port < 1 || address.port > 65535)
        refuse("login_port", std::to_string(address.port) + " is no port", "Ports are 1 to 65535");
    if (address.unix_socket) {
        if (!address.unix_socket->starts_with('/'))
            refuse("login_unix_socket", *address.unix_socket + " is not an absolute path", "Begin it with /");
        if (address.unix_socket->size() > longest_socket_path)
            refuse("login_unix_socket", "a socket's path may have 107 bytes", "Use a shorter path");
    }
    if (!address.method) return;
    const bool has_socket = address.unix_socket || !address.defaults.sockets.empty();
    if (*address.method == Way::socket && !has_socket)
        refuse("login_method", "socket needs login_unix_socket", "Give login_unix_socket, or use auto");
    if ((*address.method == Way::container || *address.method == Way::address) && !address.container)
        refuse("login_method", std::string(word(*address.method)) + " needs login_container",
               "Give login_container, or use auto");
    if (*address.method == Way::tcp && !address.host && (address.container || address.unix_socket))
        refuse("login_method", "tcp needs login_host", "Give login_host, or use auto");
}

std::unexpected<ReachError> missing(Kind kind, std::string why, std::string hint) {
    return std::unexpected(ReachError{kind, std::move(why), std::move(hint)});
}

Found look_at_socket(const ServiceAddress& address, std::string path) {
    struct stat status{};
    const auto look = [&] { return ::stat(path.c_str(), &status) == 0 ? 0 : errno; };
    int error = look();
    if (error == 0 && S_ISDIR(status.st_mode) && !address.defaults.socket_name.empty()) {
        path += "/" + address.defaults.socket_name + std::to_string(address.port);
        error = look();
    }
    if (error == ENOENT || error == ENOTDIR)
        return missing(Kind::socket_missing, "there is no socket " + path,
                       "Check login_unix_socket, and whether the service is running");
    if (error != 0)
        return missing(Kind::socket_unusable, "the socket " + path + ": " + std::strerror(error),
                       "Run the task as a user who may use it (become: true)");
    if (!S_ISSOCK(status.st_mode))
        return missing(Kind::socket_unusable, path + " is not a socket", "Check login_unix_socket");
    Endpoint endpoint;
    endpoint.way = Way::socket;
    endpoint.host = address.host.value_or("localhost");
    endpoint.port = address.port;
    endpoint.socket = std::move(path);
    return endpoint;
}

Found by_socket(const ServiceAddress& address) {
    if (address.unix_socket) return look_at_socket(address, *address.unix_socket);
    Found found = missing(Kind::socket_missing, "there is no socket", "");
    for (const std::string& path : address.defaults.sockets) {
        found = look_at_socket(address, path);
        if (found || !found.error().way_is_missing()) break;
    }
    return found;
}

Found by_container(const ServiceAddress& address, Deadline deadline) {
    const Engine engine(address.docker_host);
    auto inside = Namespace::of_container(engine, *address.container, deadline);
    if (!inside) return std::unexpected(inside.error());
    Endpoint endpoint;
    endpoint.way = Way::container;
    endpoint.host = address.host.value_or(*address.container);
    endpoint.port = address.port;
    endpoint.container = *address.container;
    endpoint.addresses = {"127.0.0.1", "::1"};
    if (address.host) {
        auto addresses = inside->resolve(*address.host, deadline);
        if (!addresses) return std::unexpected(addresses.error());
        endpoint.addresses = std::move(*addresses);
    }
    endpoint.inside = std::move(*inside);
    return endpoint;
}

Found by_address(const ServiceAddress& address, Deadline deadline) {
    const auto container = Engine(address.docker_host).container(*address.container, deadline);
    if (!container) return std::unexpected(container.error());
    if (!container->running)
        return missing(Kind::container_not_running, "the container " + *address.container + " is not running",
                       "Start it, and look at why it stopped");
    Endpoint endpoint;
    endpoint.way = Way::address;
    endpoint.host = address.host.value_or(*address.container);
    endpoint.port = address.port;
    endpoint.container = *address.container;
    for (const auto& [network, numeric] : container->addresses) endpoint.addresses.push_back(numeric);
    if (endpoint.addresses.empty())
        return missing(Kind::container_no_address,
                       "the container " + *address.container + " has no address in any network",
                       "Put it into a network, or use login_method: container");
    return endpoint;
}

Found by_tcp(const ServiceAddress& address, Deadline deadline) {
    Endpoint endpoint;
    endpoint.host = address.host.value_or("localhost");
    endpoint.port = address.port;
    auto addresses = resolve(endpoint.host, deadline);
    if (!addresses) return std::unexpected(addresses.error());
    endpoint.addresses = std::move(*addresses);
    return endpoint;
}

Found go(const ServiceAddress& address, Way way, Deadline deadline) {
    switch (way) {
        case Way::socket:
            return by_socket(address);
        case Way::container:
            return by_container(address, deadline);
        case Way::address:
            return by_address(address, deadline);
        case Way::tcp:
            return by_tcp(address, deadline);
    }
    return missing(Kind::host_missing, "no way was named", "");
}

ReachError all_of(const std::vector<ReachError>& missing_ways) {
    ReachError error = missing_ways.front();
    for (const ReachError& other : missing_ways)
        if (error.why.find(other.why) == std::string::npos) error.why += "; " + other.why;
    return error;
}

}  // namespace

std::string_view word(Way way) {
    switch (way) {
        case Way::socket:
            return "socket";
        case Way::container:
            return "container";
        case Way::address:
            return "address";
        case Way::tcp:
            return "tcp";
    }
    return "unknown";
}

Engine engine_of(const Options& options) {
    return Engine(docker_host_of(options));
}

ServiceAddress ServiceAddress::from(const Options& options, ServiceDefaults defaults) {
    ServiceAddress address;
    address.host = text_of(options, "login_host");
    address.port = options.find<int>("login_port").value_or(defaults.port);
    address.unix_socket = text_of(options, "login_unix_socket");
    address.container = text_of(options, "login_container");
    address.method = way_named(options.get<std::string>("login_method"));
    address.docker_host = docker_host_of(options);
    address.defaults = std::move(defaults);
    refuse_what_cannot_be_meant(address);
    return address;
}

std::vector<Way> ways_to(const ServiceAddress& address) {
    if (address.method) return {*address.method};
    std::vector<Way> asked;
    const bool nothing_named = !address.host && !address.container && !address.unix_socket;
    if (address.unix_socket || (nothing_named && !address.defaults.sockets.empty()))
        asked.push_back(Way::socket);
    if (address.container) asked.push_back(Way::container);
    if (address.container && !address.host) asked.push_back(Way::address);
    const bool is_of_container = address.container && address.host && is_loopback(*address.host);
    if (nothing_named || (address.host && !is_of_container)) asked.push_back(Way::tcp);
    return asked;
}

std::expected<Endpoint, ReachError> find_way(const ServiceAddress& address, Deadline deadline) {
    std::vector<ReachError> missing_ways;
    for (const Way way : ways_to(address)) {
        Found found = go(address, way, deadline);
        if (found || !found.error().way_is_missing()) return found;
        missing_ways.push_back(std::move(found.error()));
    }
    if (missing_ways.empty())
        return missing(Kind::host_missing, "it is not said where the service is", "Give login_host");
    return std::unexpected(all_of(missing_ways));
}

std::string Endpoint::description() const {
    if (way == Way::socket) return "socket " + socket;
    std::string place =
        (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
    if (way == Way::container) return place + " in the network of container " + container;
    if (way == Way::address) return place + " at the address of container " + container;
    return place;
}

Dict Endpoint::to_dict() const {
    Dict dict{{"way", std::string(word(way))}};
    if (way == Way::socket) {
        dict.set("socket", socket);
        return dict;
    }
    dict.set("host", host);
    dict.set("port", port);
    if (!container.empty()) dict.set("container", container);
    return dict;
}

}  // namespace lago::docker
