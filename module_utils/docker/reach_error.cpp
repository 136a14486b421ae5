// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/reach_error.hpp"

#include <utility>

namespace lago::docker {

bool ReachError::way_is_missing() const {
    switch (kind) {
        case Kind::socket_missing:
        case Kind::engine_unavailable:
        case Kind::engine_denied:
        case Kind::container_not_found:
        case Kind::container_not_running:
        case Kind::container_no_address:
        case Kind::namespace_refused:
            return true;
        case Kind::socket_unusable:
        case Kind::engine_lost:
        case Kind::engine_error:
        case Kind::host_missing:
        case Kind::name_not_found:
        case Kind::timeout:
            return false;
    }
    return false;
}

bool ReachError::not_there_yet() const {
    return kind == Kind::socket_missing || kind == Kind::engine_unavailable ||
           kind == Kind::container_not_found || kind == Kind::container_not_running ||
           kind == Kind::name_not_found;
}

std::string_view word(ReachError::Kind kind) {
    switch (kind) {
        case ReachError::Kind::socket_missing:
            return "socket_missing";
        case ReachError::Kind::socket_unusable:
            return "socket_unusable";
        case ReachError::Kind::engine_unavailable:
            return "engine_unavailable";
        case ReachError::Kind::engine_denied:
            return "engine_denied";
        case ReachError::Kind::engine_lost:
            return "engine_lost";
        case ReachError::Kind::engine_error:
            return "engine_error";
        case ReachError::Kind::container_not_found:
            return "container_not_found";
        case ReachError::Kind::container_not_running:
            return "container_not_running";
        case ReachError::Kind::container_no_address:
            return "container_no_address";
        case ReachError::Kind::namespace_refused:
            return "namespace_refused";
        case ReachError::Kind::host_missing:
            return "host_missing";
        case ReachError::Kind::name_not_found:
            return "name_not_found";
        case ReachError::Kind::timeout:
            return "timed_out";
    }
    return "unknown";
}

Failure to_failure(const ReachError& error, std::string what) {
    return {.what = std::move(what),
            .why = error.why,
            .hint = error.hint,
            .kind = std::string(word(error.kind)),
            .facts = {}};
}

}  // namespace lago::docker
