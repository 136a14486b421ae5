// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago_database/lago_database.hpp"

// One role and one database, as Lago needs them.
//
//   what is                       state: present                           state: absent
//   ----------------------------  ---------------------------------------  ----------------------------
//   no role                       create it                                nothing
//   role, other attributes        alter those that are asked for           drop it where drop_role asks
//   role may not log in           LOGIN, unless NOLOGIN is asked for       "
//   no or another password        set a verifier of the one asked for      "
//   password stored as MD5        the same where the server stores SCRAM   "
//   password cannot be checked    log in; where that proves nothing, set   "
//   no database                   create it                                nothing
//   database, another owner       give it to the owner                     drop it
//   database, another limit       set the limit that is asked for          "
//   another encoding or locale    refuse: dump, drop, restore              "
//   sessions in the database      nothing                                  refuse; force closes them
//   extension not created         create it                                -
//   extension, another version    update it where there is a way           -
//   extension, another schema     move it, or refuse                       -
//   extension not on the server   refuse (pg_partman: warn if migrated)    -
//   pg_partman older than 5       refuse                                   -
//   privileges missing            grant them                               -
//   enriched_events unregistered  register it with pg_partman              -
//   standby or read-only          refuse where anything would change       the same
//
// CREATE and DROP DATABASE cannot be part of a transaction; they, and what must come before, are by
// themselves. All the rest is one transaction inside the database.

namespace lago::database {

Result run(Call& call) {
    const Desired desired = read_options(call.options(), call.check_mode());
    auto session = Session::open(desired.access, !call.check_mode(), call.deadline());
    if (!session && call.check_mode() && session.error().not_there_yet)
        return report_unreachable(session.error().failure);
    if (!session) throw session.error().failure;

    const Observed before = observe(*session, desired);
    const Plan plan = make_plan(desired, before);
    const Done done = call.check_mode() ? Done{session->connection(), session->take_warnings()}
                                        : apply(*session, desired, plan);
    return report(desired, before, plan, done);
}

}  // namespace lago::database
