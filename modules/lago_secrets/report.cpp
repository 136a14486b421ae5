// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago_secrets/lago_secrets.hpp"

namespace lago::secrets {

namespace {

std::vector<std::string> names(const Desired& desired, const Plan& plan, Action action) {
    std::vector<std::string> found;
    for (std::size_t at = 0; at < plan.actions.size(); ++at)
        if (plan.actions[at] == action) found.push_back(desired.secrets[at].name);
    return found;
}

// The lines that come: names, and where their values are from.
DiffPart lines_diff(const Desired& desired, const Plan& plan) {
    std::string lines;
    for (std::size_t at = 0; at < plan.actions.size(); ++at)
        if (plan.actions[at] != Action::keep)
            lines += desired.secrets[at].name +
                     (plan.actions[at] == Action::adopt ? "=(adopted)\n" : "=(generated)\n");
    return {.before = std::string(),
            .after = std::move(lines),
            .before_header = desired.path.string(),
            .after_header = desired.path.string()};
}

}  // namespace

Result report(const Desired& desired, const Observed& before, const Plan& plan) {
    Result result{.changed = plan.changed(),
                  .returned = {{"generated", list_of(names(desired, plan, Action::generate))},
                               {"adopted", list_of(names(desired, plan, Action::adopt))},
                               {"kept", list_of(names(desired, plan, Action::keep))}},
                  .diff = Diff{},
                  .warnings = {},
                  .disclosed = {}};
    if (plan.writes) result.diff->parts.push_back(lines_diff(desired, plan));
    if (before.content && plan.after != before.attributes)
        result.diff->parts.push_back(ansible::attribute_diff(desired.path, before.attributes, plan.after));
    return result;
}

}  // namespace lago::secrets
