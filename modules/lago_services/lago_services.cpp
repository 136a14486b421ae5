// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago_services/lago_services.hpp"

// Units of systemd with their containers: stopped in reverse order, enabled, started in order, and waited
// for.
//
//   what is                            started              restarted  stopped  absent
//   ---------------------------------  -------------------  ---------  -------  ----------------
//   no unit                            reload, else fail    the same   nothing  remove container
//   masked, or its file is wrong       fail                 fail       stop     stop, remove
//   inactive or failed                 start                start      nothing  disable, remove
//   died, systemd waits to try again   start                start      stop     stop, …
//   being started                      wait, look again     wait, …    stop     stop, …
//   active, systemd's copy of the      reload and restart   restart    stop     stop, …
//   unit's file is old
//   active, the container's label is   restart              restart    stop     stop, …
//   not the hash of its files
//   active, the name of the            restart              restart    stop     stop, …
//   container's image means another
//   active, it requires one that is    systemd restarts it along: nothing more
//   restarted
//   active, as it should be            nothing              restart    stop     stop, …
//   not enabled as `enabled` says      enable or disable               –        disable
//
// `restart: always` makes "started" "restarted"; with `never` what is active is left alone. What is compared
// is what runs, not what this run changed: a run that failed half-way is made good by the next. Whatever is
// to run is then waited for: healthy, or active for `settle`; what dies meanwhile is a failure at once.

namespace lago::services {

Result run(Call& call) {
    const Desired desired = read_options(call.options(), call.check_mode());
    const auto held = call.check_mode() ? system::FolderLock() : lock(call.deadline());
    const Observed before = observe(desired, call.deadline());
    const Plan plan = make_plan(desired, before);
    const Done done = call.check_mode() ? Done{} : apply(desired, before, plan, call.deadline());
    return report(desired, before, plan, done);
}

}  // namespace lago::services
