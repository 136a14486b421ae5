// SPDX-License-Identifier: GPL-3.0-or-later
#include <tuple>
#include <utility>

#include "lago_rsa_key/lago_rsa_key.hpp"
#include "system/attributes.hpp"

namespace lago::rsa_key {

namespace {

using system::value_or_failure;

Material generate(const Desired& desired) {
    const auto key = crypto::PrivateKey::generate_rsa(desired.size);
    if (key) return material_of(*key, desired.format, desired.format);
    throw Failure{
        .what = "cannot generate a key", .why = key.error(), .hint = {}, .kind = "generation", .facts = {}};
}

// The new file is whole before the old one is copied: when it cannot be written, no copy is left behind.
Done write(const Desired& desired, const Plan& plan) {
    Done done;
    if (!plan.key) done.generated = generate(desired);
    const Material& key = plan.key ? *plan.key : *done.generated;
    const bool unsafe = desired.attributes.unsafe_writes();
    auto staged = value_or_failure(system::StagedFile::write(desired.path, *key.pem, plan.ownership, unsafe));
    if (desired.backup && plan.replaces) done.backup = value_or_failure(system::back_up(desired.path));
    const auto committed = staged.commit(unsafe);
    if (!committed && !staged.committed() && done.backup) std::ignore = system::remove_file(*done.backup);
    value_or_failure(committed, staged.committed());
    return done;
}

}  // namespace

Done apply(const Desired& desired, const Plan& plan) {
    if (plan.blocked) throw *plan.blocked;
    Done done;
    if (plan.writes)
        done = write(desired, plan);
    else
        value_or_failure(system::set_ownership(desired.path, plan.ownership));
    if (plan.sets_flags)
        value_or_failure(system::set_inode_flags(desired.path, *desired.attributes.attributes()),
                         plan.writes);
    return done;
}

}  // namespace lago::rsa_key
