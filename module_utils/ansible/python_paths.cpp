// SPDX-License-Identifier: GPL-3.0-or-later
// os.path.expanduser() and os.path.expandvars().
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "ansible/python.hpp"

namespace lago::ansible::python {

std::string expand_user(const std::string& path) {
    if (!path.starts_with('~')) return path;
    const std::size_t end = std::min(path.find('/', 1), path.size());
    std::string home;
    if (const char* variable = std::getenv("HOME"); end == 1 && variable != nullptr) {
        home = variable;
    } else {
        const struct passwd* entry =
            end == 1 ? getpwuid(getuid()) : getpwnam(path.substr(1, end - 1).c_str());
        if (entry == nullptr) return path;
        home = entry->pw_dir;
    }
    while (home.ends_with('/')) home.pop_back();
    home += path.substr(end);
    return home.empty() ? "/" : home;
}

std::string expand_vars(const std::string& path) {
    std::string out = path;
    for (std::size_t at = out.find('$'); at != std::string::npos; at = out.find('$', at)) {
        const bool braced = out.substr(at + 1, 1) == "{";
        const std::size_t start = at + (braced ? 2 : 1);
        std::size_t end = start;
        if (braced)
            end = out.find('}', start);
        else
            while (end < out.size() &&
                   (std::isalnum(static_cast<unsigned char>(out[end])) != 0 || out[end] == '_'))
                ++end;
        if (end == std::string::npos || (!braced && end == start)) {
            ++at;
            continue;
        }
        const std::string name = out.substr(start, end - start);
        const std::size_t after = braced ? end + 1 : end;
        const char* value = name.empty() ? nullptr : std::getenv(name.c_str());
        if (value == nullptr) {
            at = after;
            continue;
        }
        out.replace(at, after - at, value);
        at += std::string_view(value).size();
    }
    return out;
}

}  // namespace lago::ansible::python
