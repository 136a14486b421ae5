// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago_docker/lago_docker.hpp"

// Networks and images of a Docker Engine.
//
//   network              state: present           state: absent
//   -------------------  -----------------------  ------------------------------------------
//   not there            make                     nothing
//   there, as asked      nothing                  remove
//   there, otherwise     report and warn          remove
//   there several times  report and warn          remove all
//   containers run in it (as above)               fail; check mode: warn, would remove
//   made by another run
//   just now             as if it had been there  –
//
//   image                pull: missing            always                    never
//   -------------------  -----------------------  ------------------------  ------------------
//   not there            pull                     pull                      fail; check mode: warn
//   there, for another
//   platform             pull for the right one   pull for the right one    warn
//   there                nothing, and no          pull; changed where       nothing
//                        registry is asked        another one came; check
//                                                 mode: ask for its digest
//   there, and named by
//   its digest           nothing                  nothing                   nothing
//
// Without an Engine a run fails; in check mode all of it is "not there", with a warning. Images come first:
// they are what fails most often, and then nothing has been changed. A network is never made anew: its
// containers would be cut off.

namespace lago::docker {

Result run(Call& call) {
    const Desired desired = read_options(call.options(), call.check_mode());
    const auto lock = call.check_mode() ? system::FolderLock() : lock_networks(desired, call.deadline());
    const Observed before = observe(desired, call.deadline());
    const Plan plan = make_plan(desired, before);
    const Done done = call.check_mode() ? Done{} : apply(desired, plan, call.deadline());
    return report(desired, before, plan, done);
}

}  // namespace lago::docker
