// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ansible/options.hpp"
#include "core/deadline.hpp"
#include "core/value.hpp"
#include "docker/namespace.hpp"
#include "docker/reach_error.hpp"
#include "docker/resolve.hpp"

namespace lago::docker {

/// How a service was reached; also the values of `login_method` beside `auto`.
enum class Way {
    socket,     ///< a unix socket of this machine
    container,  ///< TCP from inside a container's network namespace
    address,    ///< TCP to the address that a container has in one of its networks
    tcp,        ///< TCP to a host as this machine sees it
};
std::string_view word(Way way);

/// The Engine that the option `docker_host` names (fragments docker_engine and service_address), else
/// DOCKER_HOST, else the usual one. Throws Failure for an address that cannot be meant.
Engine engine_of(const Options& options);

/// What a service has where the options say nothing.
struct ServiceDefaults {
    int port = 0;
    std::string socket_name;  ///< where login_unix_socket is a folder: the socket in it, before the port
                              ///< (".s.PGSQL."); empty: a folder is refused
    std::vector<std::string> sockets;  ///< tried where neither host, container nor socket was given; the
                                       ///< first that is there (folders as above)
};

/// Where a service is said to be (fragment `service_address`).
struct ServiceAddress {
    std::optional<std::string> host;         ///< login_host
    int port = 0;                            ///< login_port
    std::optional<std::string> unix_socket;  ///< login_unix_socket
    std::optional<std::string> container;    ///< login_container
    std::optional<Way> method;               ///< login_method; nothing: auto
    std::string docker_host;                 ///< docker_host
    ServiceDefaults defaults;

    /// Reads the fragment's options. Throws Failure for values that cannot be meant: a port outside 1..65535,
    /// a relative socket path, a method that needs an option which is not there.
    static ServiceAddress from(const Options& options, ServiceDefaults defaults);
};

/// One way that exists now. Never kept: a container's process and addresses change when it restarts.
struct Endpoint {
    Way way = Way::tcp;
    std::string host;                    ///< the name that TLS checks and messages show
    std::vector<std::string> addresses;  ///< numeric, to be tried in this order; empty for a socket
    int port = 0;
    std::string socket;               ///< path of the unix socket
    std::string container;            ///< whose network or address it is
    std::optional<Namespace> inside;  ///< to be entered for connecting

    /// Calls `make` where the sockets it opens reach the service; gives what it gave.
    template <class F>
    std::invoke_result_t<F> connect(F&& make) const {
        return inside ? inside->with(std::forward<F>(make)) : std::forward<F>(make)();
    }
    /// For messages: "mash-redis:6379 (in the network of container mash-lago-api)".
    std::string description() const;
    /// For the result's `connection`: way, host, port, socket, container; only what applies.
    Dict to_dict() const;
};

/// The ways that find_way() tries, in their order; no I/O.
std::vector<Way> ways_to(const ServiceAddress& address);

/// Looks for a way in the order socket, container, address, tcp, or only for the one that `login_method`
/// names. Goes on only where a way does not exist here; never from a named socket, container or host to
/// localhost. Inside a container `login_host` is resolved as that container sees it, and is the container
/// itself where it is not given. Nothing is sent to the service; that it refuses is the caller's to see, and
/// final.
std::expected<Endpoint, ReachError> find_way(const ServiceAddress& address, Deadline deadline);

}  // namespace lago::docker
