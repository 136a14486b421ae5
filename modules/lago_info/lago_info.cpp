// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago_info/lago_info.hpp"

// What is deployed, and whether an upgrade may be done. Nothing is ever changed.
//
//   what is                                      what is said
//   -------------------------------------------  ------------------------------------------------------
//   no unit file                                 installed: false; no problem, whatever else is missing
//   a unit file missing, a unit not active       problem
//   the container runs another image than its    problem: restart
//   unit's file names
//   API not healthy                              problem
//   sign-up: the probe answers                   what it says
//     not asked, or it says nothing for sure     what the running container's environment says, by release
//     no container                               unknown
//     env file and running container differ      problem: restart
//   front hides sign-up, API is open             problem (getlago/lago#220)
//   Redis not reached, or lacks what Lago needs  problem
//   database not reached                         problem
//     behind the image                           problem: the migration has not run, or has failed
//     no roles, 1.40 and later                   problem (getlago/lago#685)
//     enriched_events unknown to pg_partman,     problem (getlago/lago#787)
//     1.41 and later
//   target_version: a jump or a downgrade        problem; with refuse: [upgrade] a failure
//   expected_secrets: encryption differs         problem; with refuse: [secrets] a failure
//     any other secret differs                   warning
//
// The state table of upgrades is in module_utils/lago/upgrade.cpp.

namespace lago::info {

Result run(Call& call) {
    const Desired desired = read_options(call.options());
    const Observed before = observe(desired);
    const Plan plan = make_plan(desired, before);
    return report(desired, before, plan);
}

}  // namespace lago::info
