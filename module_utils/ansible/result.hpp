// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

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
};

}  // namespace lago
