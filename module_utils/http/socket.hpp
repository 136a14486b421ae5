// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>

#include "core/deadline.hpp"
#include "http/http.hpp"
#include "system/fd.hpp"

namespace lago::http {

/// A connected, non-blocking stream socket. Of several addresses each gets its share of the time left.
std::expected<system::Fd, Error> connect_to(const Endpoint& endpoint, Deadline deadline);

}  // namespace lago::http
