// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "crypto/base64.hpp"
#include "crypto/random.hpp"
#include "lago_secrets/lago_secrets.hpp"
#include "system/attributes.hpp"

namespace lago::secrets {

namespace {

using system::value_or_failure;

Secret generate(const Wish& wish) {
    const auto bytes = crypto::random_bytes(wish.bytes);
    if (!bytes)
        throw Failure{.what = "cannot generate " + wish.name,
                      .why = bytes.error(),
                      .hint = {},
                      .kind = "generation",
                      .facts = {}};
    switch (wish.encoding) {
        case Encoding::base64:
            return bytes->map(crypto::base64_encode);
        case Encoding::urlsafe:
            return bytes->map(crypto::base64url_encode);
        case Encoding::hex:
            break;
    }
    return bytes->map(crypto::hex_encode);
}

Secret content_of(const Desired& desired, const Plan& plan) {
    Secret content = plan.content;
    for (std::size_t at = 0; at < desired.secrets.size(); ++at) {
        if (plan.actions[at] == Action::keep) continue;
        const Wish& wish = desired.secrets[at];
        content = with_secret(content, desired.path, wish.name,
                              plan.values[at] ? *plan.values[at] : generate(wish));
    }
    return content;
}

void write(const Desired& desired, const Plan& plan) {
    const bool unsafe = desired.attributes.unsafe_writes();
    auto staged = value_or_failure(
        system::StagedFile::write(desired.path, content_of(desired, plan), plan.ownership, unsafe));
    const auto committed = staged.commit(unsafe);
    value_or_failure(committed, staged.committed());
}

}  // namespace

void apply(const Desired& desired, const Plan& plan) {
    if (plan.blocked) throw *plan.blocked;
    if (plan.writes)
        write(desired, plan);
    else if (plan.changed())
        value_or_failure(system::set_ownership(desired.path, plan.ownership));
    if (plan.sets_flags)
        value_or_failure(system::set_inode_flags(desired.path, *desired.attributes.attributes()),
                         plan.writes);
}

}  // namespace lago::secrets
