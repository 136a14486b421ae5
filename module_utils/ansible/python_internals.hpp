// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/ascii.hpp"
#include "core/value.hpp"

/// What the parts of python.hpp share with one another.
namespace lago::ansible::python {

using ascii::is_digit;
using ascii::lowered;

/// Digits without leading zeros, with their sign; "-0" is 0.
Integer integer_of(std::string digits, bool negative);

}  // namespace lago::ansible::python
