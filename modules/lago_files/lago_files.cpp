// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago_files/lago_files.hpp"

// Many files, folders and links in one call, all or nothing as far as a file system can.
//
//   what is             state: file       directory         link            absent
//   ------------------  ----------------  ----------------  --------------  --------------------------
//   nothing             write             make, and the     make            nothing
//                                         folders above
//   nothing, and no     fail              (does not apply)  (does not       (does not apply)
//   `content`                                               apply)
//   a file              write, where its  fail              fail            remove
//                       content differs
//   a folder            fail              keep              fail            remove, where empty or
//                                                                           `recurse`; else fail
//   a link              as what it        as what it        point it where  remove the link
//                       points to         points to         it should
//   socket, pipe, …     fail              fail              fail            remove
//   /, a mount point    fail              keep              fail            fail
//   `unless_exists`     nothing           nothing           nothing         nothing
//   is there
//
// Where owner, group, mode or context of what stays differ, they are set. A link is followed only if root,
// this user or the owner of what it points to made it. What a run lacks (a folder, a user, a secret for a
// token, a content) is a failure of the run, and "would change" in check mode: an earlier task may still
// provide it.

namespace lago::files {

Result run(Call& call) {
    const Desired desired = read_options(call.options());
    const auto lock = call.check_mode() ? system::FolderLock() : lock_folders(desired, call.deadline());
    const Observed before = observe(desired);
    const Plan plan = make_plan(desired, before);
    const Done done = call.check_mode() ? Done{} : apply(desired, plan);
    return report(desired, before, plan, done);
}

}  // namespace lago::files
