// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.hpp"
#include "systemd/error.hpp"

namespace lago::systemd {

/// Whether systemd could read the unit's file.
enum class LoadState { loaded, not_found, masked, bad_setting, error, other };
std::string_view word(LoadState state);

enum class ActiveState { active, reloading, inactive, failed, activating, deactivating, other };
std::string_view word(ActiveState state);

/// What systemd says of a unit.
struct Unit {
    std::string name;  ///< as it was asked for
    LoadState load = LoadState::not_found;
    std::string load_error;  ///< systemd's words where it could not be loaded
    ActiveState active = ActiveState::inactive;
    std::string sub_state;        ///< "running", "start-pre", "auto-restart", "dead"…
    std::string unit_file_state;  ///< "enabled", "disabled", "static", "masked"…; empty: no unit file
    bool needs_daemon_reload = false;
    bool job_pending = false;      ///< a start, stop or restart is waiting or under way
    std::string fragment_path;     ///< the unit's file; empty: none
    std::int64_t restarts = 0;     ///< by systemd itself (Restart=), since it was last started by somebody
    std::string result;            ///< of a service: "success", "exit-code", "signal", "timeout"…
    std::int64_t exit_status = 0;  ///< of its main process, once that has ended; a signal's number for one
                                   ///< that was killed
    pid_t main_pid = 0;            ///< 0: none
    std::string invocation;        ///< another one with each start
    /// When it last became active, on the clock that counts from the machine's start; nothing: never.
    std::optional<std::chrono::microseconds> active_since;
    std::vector<std::string>
        follows;  ///< the units with which it is restarted (Requires=, BindsTo=, PartOf=)

    bool is_active() const { return active == ActiveState::active || active == ActiveState::reloading; }
    /// Whether it starts with the machine. A unit that cannot be enabled ("static") counts as neither.
    bool is_enabled() const { return unit_file_state.starts_with("enabled"); }
    /// It died, and systemd waits before it tries again.
    bool waits_for_restart() const { return sub_state.starts_with("auto-restart"); }
    bool operator==(const Unit&) const = default;
};

/// Whether a text can be a unit's name as a program's argument: no pattern, no option, with its suffix.
bool is_unit_name(std::string_view name);

/// The time on the clock of Unit::active_since.
std::chrono::microseconds monotonic_now();

/// What systemd says of all of `names`, in their order, with one call. A unit that does not exist is an
/// answer (`not_found`). Names have to be as is_unit_name() says.
std::expected<std::vector<Unit>, Error> read_units(const std::vector<std::string>& names, Deadline deadline);

/// Reads what `systemctl show` printed for `names`; no I/O.
std::expected<std::vector<Unit>, Error> parse_units(std::string_view printed,
                                                    const std::vector<std::string>& names);

}  // namespace lago::systemd
