// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/value.hpp"

namespace lago {

/// Thrown where a module ends without success. `msg` of the result is "what: why. hint", each part only where
/// it is not empty. Texts may come from a server: they are made valid UTF-8 and scrubbed when printed.
struct Failure {
    std::string what;      ///< what was being done: "cannot connect to the database"
    std::string why;       ///< the cause, in the server's or the system's own words
    std::string hint;      ///< what the reader can do next
    std::string kind;      ///< stable word for `error_kind`: "wrong_password", "not_found"
    Dict facts;            ///< further result keys: sqlstate, errno, path
    bool changed = false;  ///< true where something was already changed before it failed
};

}  // namespace lago
