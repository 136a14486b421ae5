// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "core/failure.hpp"
#include "system/process.hpp"

namespace lago::systemd {

/// Why systemd did not do or say what it was asked.
struct Error {
    enum class Kind {
        not_running,  ///< no systemctl, or systemd is not what this machine was started with
        denied,       ///< this user may not
        timeout,      ///< the deadline passed; a job that was begun goes on
        refused,      ///< systemctl ended with an error: `why` has its words
        garbage,      ///< what it printed cannot be read
    };
    Kind kind = Kind::refused;
    std::string why;   ///< a sentence without a full stop
    std::string hint;  ///< what the reader can do; may be empty

    /// True where a machine may simply not have it yet: in check mode not a failure.
    bool not_there_yet() const { return kind == Kind::not_running; }
};

/// The stable word for `error_kind`: "systemd_not_running".
std::string_view word(Error::Kind kind);

/// The Failure that ends the module; `what` says what was being done ("cannot start lago-api.service").
Failure to_failure(const Error& error, std::string what);

/// Of a program of systemd's that could not be run to its end.
Error error_of(system::RunError error, const std::string& program);
/// Of one that ended with an error.
Error error_of(const system::Finished& finished, const std::string& program);

}  // namespace lago::systemd
