// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <map>
#include <string>
#include <vector>

#include "core/deadline.hpp"
#include "docker/engine.hpp"

namespace lago::docker {

/// A network of the Engine's.
struct Network {
    std::string id;  ///< empty where it is not made yet
    std::string name;
    std::string driver;
    std::map<std::string, std::string> options;  ///< of the driver
    bool ipv6 = false;
    bool internal = false;
    std::map<std::string, std::string> labels;
    bool operator==(const Network&) const = default;
};

/// All networks; several may have one name.
std::expected<std::vector<Network>, ReachError> list_networks(const Engine& engine, Deadline deadline);

/// The names of the running containers in a network, sorted.
std::expected<std::vector<std::string>, ReachError> containers_in(const Engine& engine,
                                                                  const std::string& network_id,
                                                                  Deadline deadline);

/// Gives the new network's ID. Status 409: there is one of that name by now.
std::expected<std::string, ReachError> create_network(const Engine& engine, const Network& network,
                                                      Deadline deadline);

/// Reads one of the Engine's answers about a network; an error where it is none.
std::expected<Network, ReachError> parse_network(const Value& answer);

}  // namespace lago::docker
