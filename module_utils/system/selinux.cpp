// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/selinux.hpp"

#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cstddef>

#include "system/process.hpp"

namespace lago::system::selinux {

bool enabled() {
    return ::access("/sys/fs/selinux/enforce", F_OK) == 0;
}

std::string context_of(const Path& path, bool follow) {
    if (!enabled()) return {};
    std::array<char, 1024> buffer{};
    const ssize_t length = follow ? ::getxattr(path.c_str(), attribute, buffer.data(), buffer.size())
                                  : ::lgetxattr(path.c_str(), attribute, buffer.data(), buffer.size());
    if (length <= 0) return {};
    const std::string_view context(buffer.data(), static_cast<std::size_t>(length));
    return std::string(context.substr(0, context.find('\0')));
}

std::optional<std::string> default_context(const Path& path) {
    if (!enabled() || !find_program("matchpathcon")) return std::nullopt;
    const auto answer = run({"matchpathcon", "-n", path.string()}, Deadline::after(std::chrono::seconds(10)));
    if (!answer || answer->status != 0) return std::nullopt;
    const std::string context = answer->out.substr(0, answer->out.find('\n'));
    if (context.empty() || context.starts_with("<<")) return std::nullopt;  // "<<none>>"
    return context;
}

}  // namespace lago::system::selinux
