// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lago_docker/lago_docker.hpp"

// What the tests of this folder are made of.
namespace lago::docker::tests {

inline Network network(const std::string& id = "n1") {
    return {.id = id, .name = "mash-lago", .driver = "bridge"};
}

inline Desired wanting(WantedNetwork wanted, bool check_mode = false) {
    return {.engine = Engine(), .networks = {std::move(wanted)}, .check_mode = check_mode};
}

inline Desired wanting(Policy pull, const std::string& name = "getlago/api:v1.31.0",
                       bool check_mode = false) {
    return {.engine = Engine(),
            .images = {{.name = ImageName::parse(name).value(), .pull = pull}},
            .check_mode = check_mode};
}

inline Observed seeing(std::vector<Network> found, std::vector<std::string> containers = {}) {
    return {.platform = "linux/amd64",
            .networks = {{.found = std::move(found), .containers = std::move(containers)}}};
}

inline Observed seeing(std::optional<Image> local, std::optional<std::string> remote = std::nullopt) {
    return {.platform = "linux/amd64", .images = {{.local = std::move(local), .remote = std::move(remote)}}};
}

inline Image image(const std::string& id = "sha256:old", const std::string& architecture = "amd64") {
    return {.id = id,
            .digests = {"another/api@sha256:other", "getlago/api@sha256:there"},
            .os = "linux",
            .architecture = architecture};
}

}  // namespace lago::docker::tests
