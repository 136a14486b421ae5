// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/value.hpp"

/// What the parts of python.hpp share with one another.
namespace lago::ansible::python {

inline bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

inline char lowered(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// Digits without leading zeros, with their sign; "-0" is 0.
Integer integer_of(std::string digits, bool negative);

}  // namespace lago::ansible::python
