// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// UTF-8 as our texts hold it: a lone surrogate is kept in its three-byte form.
namespace lago::ansible::utf8 {

struct Point {
    char32_t code = 0;
    std::size_t length = 1;  ///< bytes; never 0
    bool valid = true;       ///< false: one byte that is no UTF-8; `code` is U+FFFD
};

/// The code point that starts at `at` (which is before the end).
Point decode(std::string_view text, std::size_t at);
/// Appends a code point, a surrogate too.
void append(std::string& out, char32_t code);

inline bool is_surrogate(char32_t code) {
    return code >= 0xd800 && code <= 0xdfff;
}

}  // namespace lago::ansible::utf8
