// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago_redis/lago_redis.hpp"

// Whether a Redis or Valkey is fit for Lago. Nothing is changed, no key is read or written.
//
//   what is                                  required by default?   required   else
//   ---------------------------------------  ---------------------  ---------  -------
//   no way to it, no answer, TLS, password   always                 fail       –
//     the same, in check mode, where it may
//     not have been started yet              –                      –          warn
//   LOADING                                  wait until `timeout`, then fail
//   older than 6.2              version      yes                    fail       warn
//   a replica                   master       yes                    fail       warn
//   a cluster, a Sentinel       standalone   yes                    fail       warn
//   EVAL or EVALSHA refused     scripting    yes                    fail       warn
//   LPUSH, ZADD, … refused      commands     yes                    fail       warn
//   another maxmemory-policy    noeviction   no                     fail       warn
//   neither AOF nor snapshots   persistence  no                     fail       warn
//   any of them not known       its own      as its own             fail       warn
//   all good                                                        –          fit
//
// Sidekiq 7, which runs Lago's jobs, does not start below 6.2 and asks INFO for it; locks are Lua scripts;
// jobs and locks are keys without a common slot. Evicted or lost keys are lost jobs: Lago runs, hence a
// warning.

namespace lago::redis {

Result run(Call& call) {
    const Desired desired = read_options(call.options(), call.check_mode());
    const Observed before = observe(desired, call.deadline());
    const Plan plan = make_plan(desired, before);
    return report(plan);
}

}  // namespace lago::redis
