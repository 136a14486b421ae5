// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago_rsa_key/lago_rsa_key.hpp"

#include "system/write.hpp"

// One private key. What stands for "the key" is the file; where there is none and no `content`, the key of
// `adopt_env_file`, which is then written.
//
//   what is there                 never    fail     partial_     full_        always
//                                                   idempotence  idempotence
//   ----------------------------  -------  -------  -----------  -----------  ---------
//   nothing                       write    write    write        write        write
//   no key that can be read       fail     fail     fail         replace      replace
//   another key than `content`    keep     fail     replace      replace      replace
//   not RSA, or less than `size`  keep     fail     replace      replace      replace
//   another format                convert  convert  convert      convert      replace
//   what is asked for             keep     keep     keep         keep         replace
//
// With `content` it is what is written, `size` is not asked of it beyond Lago's own 2048 bits, and `always`
// keeps the same key. To keep a key that is not RSA is to leave its format as well. A larger key than `size`
// is what is asked for.

namespace lago::rsa_key {

Result run(Call& call) {
    const Desired desired = read_options(call.options());
    system::FolderLock lock;
    if (!call.check_mode())
        lock = system::value_or_failure(system::FolderLock::take({desired.path.parent()}, call.deadline()));
    const Observed before = observe(desired);
    const Plan plan = make_plan(desired, before);
    const Done done = call.check_mode() ? Done{} : apply(desired, plan);
    return report(desired, before, plan, done);
}

}  // namespace lago::rsa_key
