// SPDX-License-Identifier: GPL-3.0-or-later
#include "systemd/control.hpp"

#include "system/process.hpp"

namespace lago::systemd {

std::string_view word(Verb verb) {
    switch (verb) {
        case Verb::start:
            return "start";
        case Verb::stop:
            return "stop";
        case Verb::restart:
            return "restart";
        case Verb::enable:
            return "enable";
        case Verb::disable:
            return "disable";
        case Verb::reset_failed:
            return "reset-failed";
        case Verb::daemon_reload:
            break;
    }
    return "daemon-reload";
}

std::expected<void, Error> control(Verb verb, const std::vector<std::string>& units, Deadline deadline) {
    std::vector<std::string> argv{"systemctl", std::string(word(verb)), "--no-pager", "--no-ask-password"};
    if (!units.empty()) argv.emplace_back("--");
    argv.insert(argv.end(), units.begin(), units.end());
    const auto finished = system::run(argv, deadline);
    if (!finished) return std::unexpected(error_of(finished.error(), argv.front()));
    if (finished->status != 0) return std::unexpected(error_of(*finished, argv.front()));
    return {};
}

}  // namespace lago::systemd
