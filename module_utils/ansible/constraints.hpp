// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "ansible/argument_spec.hpp"

namespace lago::ansible {

/// Each gives the text of the first rule that is broken, without the place it was found in. Presence counts,
/// also of a null; only required_by looks at null as at nothing.
using Broken = std::optional<std::string>;

Broken check_mutually_exclusive(const Value& terms, const Dict& parameters);
Broken check_required(const ArgumentSpec& spec, const Dict& parameters);
Broken check_required_together(const Value& terms, const Dict& parameters);
Broken check_required_one_of(const Value& terms, const Dict& parameters);
Broken check_required_if(const Value& requirements, const Dict& parameters);
Broken check_required_by(const Value& requirements, const Dict& parameters);

}  // namespace lago::ansible
