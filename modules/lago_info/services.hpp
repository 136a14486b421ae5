// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "lago_info/lago_info.hpp"

/// The services that observe() asks. None of them throws for a service that is not there or misbehaves.
namespace lago::info {

/// GET /health of the API on the loopback of its container; with `wait` again until it is healthy.
Health ask_health(const Desired& desired, const Unit& api, Deadline deadline);

/// The question to the API that proves whether sign-up is open.
signup::Verdict ask_probe(const Desired& desired, const Unit& api, Deadline deadline);

/// The front's /env-config.js.
signup::Verdict ask_front(const Desired& desired, const Unit& front, Deadline deadline);

/// The Redis of a URL in the env file, as Lago logs in to it; from inside `container` where that is given.
/// Nothing where the env file does not set the URL.
std::optional<Redis> ask_redis(const Desired& desired, const Secret& env_file,
                               const std::string& url_variable, const std::string& password_variable,
                               const std::optional<std::string>& container, Deadline deadline);

/// The database of DATABASE_URL; as ask_redis().
Database ask_database(const Desired& desired, const Secret& env_file,
                      const std::optional<std::string>& container, Deadline deadline);

}  // namespace lago::info
