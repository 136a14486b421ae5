// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>

#include <array>
#include <cstring>

#include "ansible/process.hpp"

namespace lago::ansible {

namespace {

struct Facility {
    std::string_view name;
    int code;
};

constexpr std::array<Facility, 20> facilities = {{
    {"LOG_KERN", LOG_KERN},         {"LOG_USER", LOG_USER},     {"LOG_MAIL", LOG_MAIL},
    {"LOG_DAEMON", LOG_DAEMON},     {"LOG_AUTH", LOG_AUTH},     {"LOG_LPR", LOG_LPR},
    {"LOG_NEWS", LOG_NEWS},         {"LOG_UUCP", LOG_UUCP},     {"LOG_CRON", LOG_CRON},
    {"LOG_SYSLOG", LOG_SYSLOG},     {"LOG_LOCAL0", LOG_LOCAL0}, {"LOG_LOCAL1", LOG_LOCAL1},
    {"LOG_LOCAL2", LOG_LOCAL2},     {"LOG_LOCAL3", LOG_LOCAL3}, {"LOG_LOCAL4", LOG_LOCAL4},
    {"LOG_LOCAL5", LOG_LOCAL5},     {"LOG_LOCAL6", LOG_LOCAL6}, {"LOG_LOCAL7", LOG_LOCAL7},
    {"LOG_AUTHPRIV", LOG_AUTHPRIV}, {"LOG_FTP", LOG_FTP},
}};

int facility_code(std::string_view name) {
    for (const Facility& one : facilities)
        if (one.name == name) return one.code;
    return LOG_USER;
}

// A field of the journal's native protocol; this form takes any bytes.
void add_field(std::string& datagram, std::string_view name, std::string_view value) {
    datagram += name;
    datagram += '\n';
    for (unsigned shift = 0; shift < 64; shift += 8)
        datagram += static_cast<char>((value.size() >> shift) & 0xffU);
    datagram += value;
    datagram += '\n';
}

bool to_journal(const std::string& identifier, int facility, const std::string& line) {
    const system::Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return false;
    struct sockaddr_un address{};
    address.sun_family = AF_UNIX;
    constexpr std::string_view path = "/run/systemd/journal/socket";
    std::memcpy(address.sun_path, path.data(), path.size());
    std::string datagram;
    add_field(datagram, "MESSAGE", line);
    add_field(datagram, "PRIORITY", std::to_string(LOG_INFO));
    add_field(datagram, "SYSLOG_FACILITY", std::to_string(facility >> 3));
    add_field(datagram, "SYSLOG_IDENTIFIER", identifier);
    add_field(datagram, "MODULE", identifier);
    const auto sent = ::sendto(socket.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL,
                               reinterpret_cast<const struct sockaddr*>(&address), sizeof address);
    return sent == static_cast<ssize_t>(datagram.size());
}

}  // namespace

void log_invocation(const std::string& module, const Internals& internals, const std::string& line) {
    const std::string identifier = "ansible-" + module;
    const int facility = facility_code(internals.syslog_facility);
    if (to_journal(identifier, facility, line)) return;
    ::openlog(identifier.c_str(), 0, facility);
    ::syslog(LOG_INFO, "%s", line.c_str());
    ::closelog();
}

}  // namespace lago::ansible
