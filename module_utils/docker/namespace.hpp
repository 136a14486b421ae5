// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/deadline.hpp"
#include "docker/engine.hpp"
#include "docker/reach_error.hpp"
#include "system/fd.hpp"

namespace lago::docker {

/// The network of a running container, and its root for names (resolv.conf and hosts are files of its mount
/// namespace). A socket keeps the namespace it was made in: enter, connect, return, go on. Copies share
/// handles.
class Namespace {
public:
    /// Asks the Engine for the container's process and opens its namespaces; proves that they can be entered.
    static std::expected<Namespace, ReachError> of_container(const Engine& engine, const std::string& name,
                                                             Deadline deadline);
    /// Of a process of this machine.
    static std::expected<Namespace, ReachError> of_process(pid_t pid);

    /// Enters, calls, returns to our own; gives what `connect` gave. Throws Failure where the namespace can
    /// no longer be entered or left. What was opened inside stays usable outside.
    template <class F>
    std::invoke_result_t<F> with(F&& connect) const {
        Visit visit(*this);
        if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
            std::forward<F>(connect)();
            visit.leave();
        } else {
            auto made = std::forward<F>(connect)();
            visit.leave();
            return made;
        }
    }

    /// The numeric addresses of `host` as the container sees it, in the order to be tried.
    std::expected<std::vector<std::string>, ReachError> resolve(const std::string& host,
                                                                Deadline deadline) const;

private:
    // Our own network is restored by leave(), or by the destructor when something was thrown inside.
    class Visit {
    public:
        explicit Visit(const Namespace& target);
        Visit(const Visit&) = delete;
        Visit& operator=(const Visit&) = delete;
        ~Visit();
        void leave();

    private:
        system::Fd own_;
        bool inside_ = true;
    };
    struct Handles {
        system::Fd network;
        system::Fd root;
    };
    static std::expected<Namespace, ReachError> of_process(const system::Fd& process);
    int try_to_enter() const;  // errno, or 0
    explicit Namespace(Handles handles) : handles_(std::make_shared<const Handles>(std::move(handles))) {}

    std::shared_ptr<const Handles> handles_;
};

}  // namespace lago::docker
