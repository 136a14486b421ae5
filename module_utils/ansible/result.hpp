// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/secret.hpp"
#include "core/value.hpp"

namespace lago {

/// What the controller renders as a difference. `before` and `after` are texts or dictionaries.
struct DiffPart {
    Value before;
    Value after;
    std::string before_header;  ///< left out where empty
    std::string after_header;
};

/// One part is printed as a dictionary, several as a list of them (both are Ansible's).
struct Diff {
    std::vector<DiffPart> parts;
};

/// What a module says. Only report() builds one; it has the same shape in check mode.
struct Result {
    bool changed = false;
    Dict returned;
    std::optional<Diff> diff;  ///< printed only where the task asked for diffs
    std::vector<std::string> warnings;
    /// Secrets that the task asked for in so many words (`return_content`): added to the result by their
    /// names after everything else has been scrubbed, so they alone come through.
    std::vector<std::pair<std::string, Secret>> disclosed;
};

}  // namespace lago
