// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/deadline.hpp"

namespace lago::system {

/// Waits until `fd` is ready for `events` (POLLIN, POLLOUT), closed or in error; false where the deadline
/// passed.
bool wait_for(int fd, short events, Deadline deadline);

}  // namespace lago::system
