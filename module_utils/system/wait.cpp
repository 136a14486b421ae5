// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/wait.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace lago::system {

bool wait_for(int fd, short events, Deadline deadline) {
    for (;;) {
        pollfd waiting{.fd = fd, .events = events, .revents = 0};
        const auto left = std::min<std::chrono::milliseconds::rep>(deadline.left().count(), INT_MAX);
        const int ready = ::poll(&waiting, 1, static_cast<int>(left));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return true;  // the call that follows says what is wrong
        if (deadline.passed()) return false;
    }
}

}  // namespace lago::system
