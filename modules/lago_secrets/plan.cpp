// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "lago_secrets/lago_secrets.hpp"
#include "text/secret_text.hpp"

namespace lago::secrets {

namespace {

using system::FileKind;

constexpr mode_t default_mode = 0600;

// What a new file says of itself.
constexpr std::string_view heading =
    "# Made by mash.lago.lago_secrets, which never changes what stands here.\n"
    "# Keep a copy in a safe place: without it, what Lago has stored under encryption is lost.\n";

Failure refused(const system::Path& path, std::string why, std::string hint, std::string kind) {
    return {.what = "secrets cannot be kept in " + path.string(),
            .why = std::move(why),
            .hint = std::move(hint),
            .kind = std::move(kind),
            .facts = {{"path", path.string()}}};
}

Action action_for(const Desired& desired, const Observed& before, std::size_t at) {
    switch (before.entries[at]) {
        case Entry::there:
            return Action::keep;
        case Entry::empty:
            throw refused(
                desired.path, desired.secrets[at].name + " stands there without a value",
                "Put its value back from a backup. Only if nothing was ever encrypted with it, remove "
                "the line to have a new one made",
                "empty_secret");
        case Entry::missing:
            break;
    }
    if (!before.adopted[at]) return Action::generate;
    with_secret(Secret(std::string_view()), desired.path, desired.secrets[at].name, *before.adopted[at]);
    return Action::adopt;
}

}  // namespace

Secret with_secret(const Secret& content, const system::Path& path, const std::string& name,
                   const Secret& value) {
    const auto made = text::with_variable(content, name, value);
    if (!made) throw refused(path, name + ": " + made.error().message, {}, "bad_value");
    return *made;
}

Plan make_plan(const Desired& desired, const Observed& before) {
    if (before.attributes.kind != FileKind::missing && before.attributes.kind != FileKind::regular)
        throw refused(desired.path, "it is no regular file", "Name the file itself, or choose another path",
                      "wrong_kind");
    Plan plan{.values = before.adopted, .content = before.content.value_or(Secret(heading))};
    for (std::size_t at = 0; at < desired.secrets.size(); ++at)
        plan.actions.push_back(action_for(desired, before, at));
    plan.writes = std::ranges::any_of(plan.actions, [](Action action) { return action != Action::keep; });
    const bool there = before.content.has_value();
    if (!plan.writes && !there) return plan;
    plan.after = desired.attributes.wanted(before.attributes, default_mode);
    plan.ownership = desired.attributes.ownership(before.attributes, default_mode);
    // A file that is written is a new one, without the old one's flags.
    plan.sets_flags = before.flags_differ || (plan.writes && desired.attributes.attributes());
    plan.blocked = before.folder ? desired.unknown_owner : system::no_folder(desired.path);
    return plan;
}

}  // namespace lago::secrets
