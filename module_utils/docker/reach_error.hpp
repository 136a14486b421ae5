// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "core/failure.hpp"

namespace lago::docker {

/// Why there is no way to a service. Nothing was sent to the service itself yet.
struct ReachError {
    enum class Kind {
        socket_missing,         ///< nothing at the unix socket's path
        socket_unusable,        ///< something is there that cannot be connected to
        engine_unavailable,     ///< no Docker Engine answers on its socket
        engine_denied,          ///< its socket is there, but not for us
        engine_lost,            ///< its connection ended before its answer did
        engine_error,           ///< it answered with an error, or with something that is not its API
        container_not_found,    ///< no container of that name
        container_not_running,  ///< there is one, but it has no process
        container_no_address,   ///< it is in no network that gives it an address
        namespace_refused,      ///< its network namespace cannot be entered
        host_missing,           ///< no host was named that could be asked over TCP
        name_not_found,         ///< the name does not exist
        timeout,
    };
    Kind kind = Kind::engine_error;
    std::string why;   ///< a sentence without a full stop
    std::string hint;  ///< what the reader can do; may be empty
    int status = 0;    ///< of the Engine's answer; 0 where it gave none

    /// True where `login_method: auto` may try the next way: this one does not exist here. False for an error
    /// in the middle of a way.
    bool way_is_missing() const;
    /// True where the service may simply not be there yet (no socket, no Engine, no such container, a name
    /// that only exists later): in check mode not a failure.
    bool not_there_yet() const;
};

/// The stable word for `error_kind`: "container_not_found".
std::string_view word(ReachError::Kind kind);

/// The Failure that ends the module; `what` says what was being done ("cannot reach Redis").
Failure to_failure(const ReachError& error, std::string what);

}  // namespace lago::docker
