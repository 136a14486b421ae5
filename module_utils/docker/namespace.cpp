// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/namespace.hpp"

#include <fcntl.h>
#include <sched.h>

#include <cerrno>
#include <cstring>

#include "core/failure.hpp"
#include "docker/resolve.hpp"

namespace lago::docker {

namespace {

using Kind = ReachError::Kind;
constexpr auto as_root = "Run the task as root (become: true), on the machine where the container runs";

ReachError refused(int number, const std::string& what) {
    return {Kind::namespace_refused, what + ": " + std::strerror(number), as_root};
}

system::Fd open_process(pid_t pid) {
    const std::string path = "/proc/" + std::to_string(pid);
    return system::Fd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

}  // namespace

std::expected<Namespace, ReachError> Namespace::of_container(const Engine& engine, const std::string& name,
                                                             Deadline deadline) {
    const auto container = engine.container(name, deadline);
    if (!container) return std::unexpected(container.error());
    if (!container->running)
        return std::unexpected(ReachError{Kind::container_not_running,
                                          "the container " + name + " is not running",
                                          "Start it, and look at why it stopped"});
    const system::Fd process = open_process(container->pid);
    if (!process)
        return std::unexpected(refused(errno, "process " + std::to_string(container->pid) + " of container " +
                                                  name + " cannot be seen"));
    // A process number may have been given to somebody else in between: only now is it held.
    const auto again = engine.container(name, deadline);
    if (!again) return std::unexpected(again.error());
    if (again->pid != container->pid)
        return std::unexpected(ReachError{Kind::container_not_running,
                                          "the container " + name + " was restarted just now", "Try again"});
    auto made = of_process(process);
    if (!made)
        made.error().why = "the network of container " + name + " cannot be entered: " + made.error().why;
    return made;
}

std::expected<Namespace, ReachError> Namespace::of_process(pid_t pid) {
    const system::Fd process = open_process(pid);
    if (!process) return std::unexpected(refused(errno, "process " + std::to_string(pid)));
    return of_process(process);
}

std::expected<Namespace, ReachError> Namespace::of_process(const system::Fd& process) {
    Handles handles;
    handles.network = system::Fd(::openat(process.get(), "ns/net", O_RDONLY | O_CLOEXEC));
    if (!handles.network) return std::unexpected(refused(errno, "its network namespace"));
    handles.root = system::Fd(::openat(process.get(), "root", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!handles.root) return std::unexpected(refused(errno, "its root folder"));
    Namespace made(std::move(handles));
    if (const int number = made.try_to_enter(); number != 0) return std::unexpected(refused(number, "setns"));
    return made;
}

int Namespace::try_to_enter() const {
    const system::Fd own(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    if (!own || ::setns(handles_->network.get(), CLONE_NEWNET) != 0) return errno;
    return ::setns(own.get(), CLONE_NEWNET) == 0 ? 0 : errno;
}

std::expected<std::vector<std::string>, ReachError> Namespace::resolve(const std::string& host,
                                                                       Deadline deadline) const {
    return docker::resolve(host, deadline,
                           {.network = handles_->network.get(), .root = handles_->root.get()});
}

Namespace::Visit::Visit(const Namespace& target)
    : own_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
    if (own_ && ::setns(target.handles_->network.get(), CLONE_NEWNET) == 0) return;
    throw to_failure(refused(errno, "setns"), "cannot enter the container's network");
}

Namespace::Visit::~Visit() {
    if (inside_) (void)::setns(own_.get(), CLONE_NEWNET);
}

void Namespace::Visit::leave() {
    inside_ = false;
    if (::setns(own_.get(), CLONE_NEWNET) == 0) return;
    throw to_failure(refused(errno, "setns"), "cannot return from the container's network");
}

}  // namespace lago::docker
