// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "core/deadline.hpp"
#include "docker/reach_error.hpp"

namespace lago::docker {

/// Where a name is looked up: descriptors of a network namespace and of a root folder; -1: our own.
struct Place {
    int network = -1;
    int root = -1;
};

/// The numeric addresses of `host`, in the order to be tried; a numeric one is its own. The question is asked
/// by a child process, which is killed at the deadline: the C library's resolver cannot be told to stop.
std::expected<std::vector<std::string>, ReachError> resolve(const std::string& host, Deadline deadline,
                                                            Place place = {});

}  // namespace lago::docker
