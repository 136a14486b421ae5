// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.hpp"
#include "core/secret.hpp"
#include "core/value.hpp"
#include "docker/reach_error.hpp"

namespace lago::docker {

/// The variables that a container's process was started with. They hold secrets, so nothing gives all values.
class Environment {
public:
    Environment() = default;
    /// Takes lines NAME=value; of equal names the last one holds.
    explicit Environment(const std::vector<std::string>& lines);

    std::vector<std::string> names() const;
    /// The value, which is scrubbed from the result from then on: for names whose values are secrets.
    std::optional<Secret> secret(std::string_view name) const;
    /// True where the variable is set to exactly `value`; nothing is scrubbed.
    bool is(std::string_view name, std::string_view value) const;

private:
    std::map<std::string, std::string, std::less<>> values_;
};

/// What a container or a network may be called, of at most `longest_name` letters (Docker's own rule:
/// daemon/names/names.go of moby, [a-zA-Z0-9][a-zA-Z0-9_.-]*).
constexpr std::size_t longest_name = 255;
bool is_name(std::string_view name);

/// What a container's own health check says.
enum class Health { none, starting, healthy, unhealthy };
std::string_view word(Health health);

/// What the Engine says of a container.
struct Container {
    std::string id;
    std::string name;  ///< without the leading slash
    bool running = false;
    pid_t pid = 0;                                 ///< 0 unless running
    std::map<std::string, std::string> addresses;  ///< network -> address (IPv4 where it has one, else IPv6)
    std::vector<std::uint16_t> published;          ///< ports of the host that lead into it
    std::map<std::string, std::string> labels;
    std::string image_id;    ///< of the image that it runs
    std::string image_name;  ///< as it was created with; that name may mean another image by now
    Environment environment;
    Health health = Health::none;
    std::string started_at;  ///< RFC 3339; "0001-01-01T00:00:00Z" where it was never started
    /// The value of a label; empty where it has none.
    std::string label(const std::string& key) const;
};

/// What the Engine says of an image that it has.
struct Image {
    std::string id;
    std::vector<std::string> digests;  ///< "getlago/api@sha256:…", one for each registry it came from
    std::string os;
    std::string architecture;  ///< as Go names it: amd64, arm64
    bool operator==(const Image&) const = default;
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

    /// The container of exactly this name, or whose ID begins with `name` where that has 12 digits or more.
    /// Throws Failure for what is no name (is_name).
    std::expected<Container, ReachError> container(const std::string& name, Deadline deadline) const;

    /// Nothing where the Engine has no such image. `name` may be an ID. Throws Failure for a name that cannot
    /// be an image's.
    std::expected<std::optional<Image>, ReachError> image(const std::string& name, Deadline deadline) const;

    /// What the Engine runs images of by itself: "linux/amd64".
    std::expected<std::string, ReachError> platform(Deadline deadline) const;

    /// One request; `path` begins with a slash and has no version ("/containers/json?all=1"). An answer of
    /// 400 and above is an error in the Engine's own words, with that status.
    /// `registry_auth`, where given, goes along as X-Registry-Auth.
    std::expected<Answer, ReachError> get(const std::string& path, Deadline deadline,
                                          const std::optional<Secret>& registry_auth = std::nullopt) const;
    /// The same as POST; a null body is not sent.
    std::expected<Answer, ReachError> post(const std::string& path, const Value& body,
                                           Deadline deadline) const;
    /// POST without a body, whose answer goes to `receive` as it comes, as http::Receiver says.
    std::expected<void, ReachError> post_streamed(const std::string& path,
                                                  const std::optional<Secret>& registry_auth,
                                                  const std::function<bool(std::string_view)>& receive,
                                                  Deadline deadline) const;
    /// The same as DELETE.
    std::expected<Answer, ReachError> remove(const std::string& path, Deadline deadline) const;

private:
    std::string socket_;
};

/// Reads the Engine's answer to /containers/NAME/json; an error where it is none.
std::expected<Container, ReachError> parse_container(const Value& answer);
/// The same of /images/NAME/json.
std::expected<Image, ReachError> parse_image(const Value& answer);

}  // namespace lago::docker
