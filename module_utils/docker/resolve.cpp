// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/resolve.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "system/fd.hpp"
#include "system/wait.hpp"

namespace lago::docker {

namespace {

using Kind = ReachError::Kind;
using Addresses = std::vector<std::string>;

// What the child answers begins with one of these.
constexpr char found = 'A';    // the addresses, a line each
constexpr char failed = 'E';   // getaddrinfo's own words
constexpr char refused = 'R';  // the system's, for a network or root that cannot be entered

struct FreeAddresses {
    void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

struct Looked {
    int error = 0;  // EAI_*
    Addresses addresses;
};

Looked look_up(const std::string& host, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* list = nullptr;
    Looked looked;
    looked.error = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
    const std::unique_ptr<addrinfo, FreeAddresses> owner(looked.error == 0 ? list : nullptr);
    for (const addrinfo* entry = owner.get(); entry != nullptr; entry = entry->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        const int error = ::getnameinfo(entry->ai_addr, entry->ai_addrlen, text.data(), text.size(), nullptr,
                                        0, NI_NUMERICHOST);
        if (error == 0 && std::ranges::find(looked.addresses, text.data()) == looked.addresses.end())
            looked.addresses.emplace_back(text.data());
    }
    return looked;
}

bool enter(const Place& place) {
    if (place.network >= 0 && ::setns(place.network, CLONE_NEWNET) != 0) return false;
    return place.root < 0 || (::fchdir(place.root) == 0 && ::chroot(".") == 0);
}

std::string answer_of_child(const std::string& host, const Place& place) {
    if (!enter(place)) return refused + std::string(std::strerror(errno));
    const Looked looked = look_up(host, 0);
    if (looked.error != 0) return failed + std::string(::gai_strerror(looked.error));
    std::string answer(1, found);
    for (const std::string& address : looked.addresses) answer += address + '\n';
    return answer;
}

[[noreturn]] void be_the_child(const std::string& host, const Place& place, int out) noexcept {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const std::string answer = answer_of_child(host, place);
    std::size_t sent = 0;
    while (sent < answer.size()) {
        const ssize_t count = ::write(out, answer.data() + sent, answer.size() - sent);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        sent += static_cast<std::size_t>(count);
    }
    ::_exit(0);
}

// Ends and collects the child whatever happens to the caller.
class Child {
public:
    explicit Child(pid_t pid) : pid_(pid) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        ::kill(pid_, SIGKILL);
        while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }

private:
    pid_t pid_;
};

// All that comes before the end of the stream; nothing where the deadline passes first.
std::optional<std::string> read_all(int in, Deadline deadline) {
    constexpr std::size_t limit = std::size_t{64} * 1024;
    std::string all;
    std::array<char, 4096> chunk{};
    while (all.size() < limit) {
        if (!system::wait_for(in, POLLIN, deadline)) return std::nullopt;
        const ssize_t count = ::read(in, chunk.data(), chunk.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        all.append(chunk.data(), static_cast<std::size_t>(count));
    }
    return all;
}

Addresses lines_of(std::string_view text) {
    Addresses lines;
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return lines;
}

ReachError not_found(const std::string& host, const std::string& why) {
    return {
        Kind::name_not_found, "the name " + host + " cannot be resolved: " + why,
        "Check the name and /etc/resolv.conf; a container's name is known only inside the networks it is in: "
        "give a container of such a network as login_container"};
}

std::expected<Addresses, ReachError> understood(const std::string& host, const std::string& answer) {
    const char verdict = answer.empty() ? failed : answer.front();
    const std::string rest = answer.empty() ? "the resolver gave no answer" : answer.substr(1);
    if (verdict == found) return lines_of(rest);
    if (verdict == refused)
        return std::unexpected(
            ReachError{Kind::namespace_refused,
                       "the container's root cannot be entered to resolve " + host + ": " + rest,
                       "Run the task as root (become: true)"});
    return std::unexpected(not_found(host, rest));
}

}  // namespace

std::expected<Addresses, ReachError> resolve(const std::string& host, Deadline deadline, Place place) {
    constexpr std::size_t longest = 253;  // RFC 1035: 255 bytes on the wire
    if (host.empty() || host.size() > longest || host.find('\0') != std::string::npos)
        return std::unexpected(not_found(host.substr(0, longest), "it is not a host name"));
    if (Looked numeric = look_up(host, AI_NUMERICHOST); numeric.error == 0)
        return std::move(numeric.addresses);
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::unexpected(not_found(host, std::strerror(errno)));
    const system::Fd in(ends[0]);
    system::Fd out(ends[1]);
    const pid_t pid = ::fork();
    if (pid < 0) return std::unexpected(not_found(host, std::strerror(errno)));
    if (pid == 0) be_the_child(host, place, out.get());
    const Child child(pid);
    out = system::Fd();
    const auto answer = read_all(in.get(), deadline);
    if (answer) return understood(host, *answer);
    return std::unexpected(ReachError{Kind::timeout,
                                      "no answer for the name " + host + " within the time given",
                                      "Check the name servers in /etc/resolv.conf, or raise timeout"});
}

}  // namespace lago::docker
