// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago_secrets/lago_secrets.hpp"

#include "system/write.hpp"

// An env file of secrets. What stands in it is never changed: lines are only added.
//
//   what the file has under a name    a value to adopt    none to adopt
//   --------------------------------  ------------------  -------------
//   a value                           keep                keep
//   nothing                           adopt               generate
//   no value (NAME=, or NAME alone)   fail                fail
//
// A name without a value is not filled: it may be a secret that was lost, which a backup still has and a new
// one would bury. Nor is it kept: to Lago an empty value is a value, with which it does not start, or hides
// the one under the other name. An empty value in the file to adopt from counts as none: a Lago that runs
// cannot have had it.

namespace lago::secrets {

Result run(Call& call) {
    const Desired desired = read_options(call.options());
    system::FolderLock lock;
    if (!call.check_mode())
        lock = system::value_or_failure(system::FolderLock::take({desired.path.parent()}, call.deadline()));
    const Observed before = observe(desired);
    const Plan plan = make_plan(desired, before);
    if (!call.check_mode()) apply(desired, plan);
    return report(desired, before, plan);
}

}  // namespace lago::secrets
