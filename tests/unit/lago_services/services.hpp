// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lago_services/lago_services.hpp"

/// Services of the tests: what should be, and what is.
namespace lago::services::tests {

inline Service service(const std::string& name, const std::function<void(Service&)>& change = {}) {
    Service made;
    made.unit = name + ".service";
    made.container = name;
    made.config_files = {"/etc/" + name};
    if (change) change(made);
    return made;
}

inline Desired desired(std::vector<Service> services, Restart restart = Restart::by_state) {
    Desired made;
    made.services = std::move(services);
    made.restart = restart;
    return made;
}

/// Runs as it should.
inline Found running(const std::string& name, const std::function<void(Found&)>& change = {}) {
    Found is;
    is.unit.name = name + ".service";
    is.unit.load = systemd::LoadState::loaded;
    is.unit.active = systemd::ActiveState::active;
    is.unit.sub_state = "running";
    is.unit.unit_file_state = "enabled";
    is.unit.invocation = "first";
    is.container = Container{.running = true,
                             .config = "hash",
                             .image_name = "lago:1",
                             .image_id = "sha256:one",
                             .current_image = "sha256:one"};
    is.config = "hash";
    is.healthy = true;
    is.active_for = std::chrono::hours(1);
    if (change) change(is);
    return is;
}

inline Found down(const std::string& name, const std::function<void(Found&)>& change = {}) {
    Found is = running(name);
    is.unit.active = systemd::ActiveState::inactive;
    is.unit.sub_state = "dead";
    is.container.reset();
    is.healthy.reset();
    is.active_for = {};
    if (change) change(is);
    return is;
}

/// Nobody has written its file yet.
inline Found missing(const std::string& name) {
    Found is;
    is.unit.name = name + ".service";
    return is;
}

}  // namespace lago::services::tests
