// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago_signup/lago_signup.hpp"

// The switch for public sign-up: in files, and the proof on the running Lago.
//
//   variable in an env file        state: disabled   state: enabled
//   -----------------------------  ----------------  ----------------
//   not there                      add =true         nothing
//   true                           nothing           =false
//   false                          =true             nothing
//   anything else (1, "true", …)   =true             =false            Lago takes each as open
//   several lines                  the last one counts and is changed, the others are reported
//   file not there                 fail (check mode: would change)
//
//   value in vars_file             state: disabled   state: enabled
//   -----------------------------  ----------------  ----------------
//   a YAML boolean as asked        nothing           nothing
//   the other boolean              true              false
//   a boolean in quotes            true              false            Ansible takes it as a text
//   not there, no boolean,         fail
//   template, several lines,
//   anchor, vault, twice
//
//   the running side says          state as said     another state     no state
//   -----------------------------  ----------------  ----------------  ----------
//   open or closed                 good              mismatch          report
//   unknown                        –                 mismatch          report
//
// With `change_files: false` a file that would be changed is a mismatch, and a warning in check mode.
// A mismatch is a failure, but for `mismatch: report`; where this call changed a file, it only means that the
// service has to be restarted. Check mode does not fail for a service that is not there yet.

namespace lago::signup {

Result run(Call& call) {
    const Desired desired = read_options(call.options(), call.check_mode());
    const auto lock = call.check_mode() ? system::FolderLock() : lock_files(desired, call.deadline());
    const Observed before = observe(desired, call.deadline());
    const Plan plan = make_plan(desired, before);
    const Done done = call.check_mode() ? Done{} : apply(desired, plan);
    return report(desired, plan, done);
}

}  // namespace lago::signup
