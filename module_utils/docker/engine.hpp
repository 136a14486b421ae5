// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.hpp"
#include "core/value.hpp"
#include "docker/reach_error.hpp"

namespace lago::docker {

/// What the Engine says of a container.
struct Container {
    std::string id;
    std::string name;  ///< without the leading slash
    bool running = false;
    pid_t pid = 0;                                 ///< 0 unless running
    std::map<std::string, std::string> addresses;  ///< network -> address (IPv4 where it has one, else IPv6)
    std::map<std::string, std::string> labels;
};

/// An answer of the Engine with a status below 400.
struct Answer {
    int status = 0;
    Value body;  ///< null where it was empty
};

/// The Docker Engine's API on its unix socket. No connection is kept: an Engine may restart between two
/// calls.
class Engine {
public:
    static constexpr std::string_view default_socket = "/var/run/docker.sock";

    /// `docker_host` as Docker's tools write it (unix:///var/run/docker.sock), or the path alone.
    /// Throws Failure for an address that is not a unix socket.
    explicit Engine(const std::string& docker_host = std::string(default_socket));

    const std::string& socket() const { return socket_; }

    /// Throws Failure for a name that Docker does not allow ([a-zA-Z0-9][a-zA-Z0-9_.-]*).
    std::expected<Container, ReachError> container(const std::string& name, Deadline deadline) const;

    /// One request; `path` begins with a slash and has no version ("/containers/json?all=1"). An answer of
    /// 400 and above is an error in the Engine's own words.
    std::expected<Answer, ReachError> get(const std::string& path, Deadline deadline) const;

private:
    std::string socket_;
};

/// Reads the Engine's answer to /containers/NAME/json; an error where it is none.
std::expected<Container, ReachError> parse_container(const Value& answer);

}  // namespace lago::docker
