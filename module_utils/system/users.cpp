// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/users.hpp"

#include <grp.h>
#include <pwd.h>

#include <charconv>
#include <cstdint>
#include <string_view>
#include <vector>

#include "system/process.hpp"

namespace lago::system {

namespace {

std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::vector<std::string> fields(std::string_view line) {
    std::vector<std::string> parts(1);
    for (const char letter : line.substr(0, line.find('\n'))) {
        if (letter == ':')
            parts.emplace_back();
        else
            parts.back() += letter;
    }
    return parts;
}

// A line of /etc/passwd or /etc/group, from wherever the machine keeps them: name, password, number, …
std::optional<std::vector<std::string>> getent(const char* database, const std::string& key) {
    if (key.starts_with('-') || key.find('\0') != std::string::npos) return std::nullopt;
    const auto program = find_program("getent");
    if (!program) return std::nullopt;
    const auto answer = run({*program, database, key}, Deadline::after(std::chrono::seconds(10)));
    if (!answer || answer->status != 0) return std::nullopt;
    auto line = fields(answer->out);
    if (line.size() < 3) return std::nullopt;
    return line;
}

std::optional<std::uint32_t> number_by_getent(const char* database, const std::string& name) {
    const auto line = getent(database, name);
    return line ? number((*line)[2]) : std::nullopt;
}

std::optional<std::string> name_by_getent(const char* database, std::uint32_t id) {
    const auto line = getent(database, std::to_string(id));
    return line ? std::optional((*line)[0]) : std::nullopt;
}

}  // namespace

std::optional<uid_t> find_user(const std::string& name) {
    if (const auto id = number(name)) return id;
    if (const passwd* entry = ::getpwnam(name.c_str())) return entry->pw_uid;
    return number_by_getent("passwd", name);
}

std::optional<gid_t> find_group(const std::string& name) {
    if (const auto id = number(name)) return id;
    if (const ::group* entry = ::getgrnam(name.c_str())) return entry->gr_gid;
    return number_by_getent("group", name);
}

std::optional<std::string> user_name(uid_t uid) {
    if (const passwd* entry = ::getpwuid(uid)) return entry->pw_name;
    return name_by_getent("passwd", uid);
}

std::optional<std::string> group_name(gid_t gid) {
    if (const ::group* entry = ::getgrgid(gid)) return entry->gr_name;
    return name_by_getent("group", gid);
}

}  // namespace lago::system
