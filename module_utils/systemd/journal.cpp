// SPDX-License-Identifier: GPL-3.0-or-later
#include "systemd/journal.hpp"

#include <tuple>

#include "system/process.hpp"

namespace lago::systemd {

namespace {

// As journalctl reads it: @SECONDS.MICROSECONDS since the epoch.
std::string time_of(std::chrono::system_clock::time_point time) {
    constexpr std::int64_t million = 1'000'000;
    const std::int64_t all =
        std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
    const std::string part = std::to_string(million + all % million);  // "1" and six digits
    return "@" + std::to_string(all / million) + "." + part.substr(1);
}

std::vector<std::string> lines_in(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (end > at) lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

}  // namespace

std::vector<std::string> last_lines(const std::string& unit, int count,
                                    std::optional<std::chrono::system_clock::time_point> since,
                                    Deadline deadline) {
    if (count <= 0) return {};
    // What a process that has just died wrote may not have been taken in yet.
    std::ignore = system::run({"journalctl", "--sync"}, deadline);
    std::vector<std::string> argv{"journalctl",   "--quiet",        "--no-pager",
                                  "--output=cat", "--unit=" + unit, "--lines=" + std::to_string(count)};
    if (since) argv.push_back("--since=" + time_of(*since));
    const auto finished = system::run(argv, deadline);
    if (!finished || finished->status != 0) return {};
    return lines_in(finished->out);
}

}  // namespace lago::systemd
