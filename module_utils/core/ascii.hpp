// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Kinds of ASCII letters, whatever the locale: for names, numbers and protocols, never for people's texts.
namespace lago::ascii {

constexpr bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

constexpr bool is_lower(char letter) {
    return letter >= 'a' && letter <= 'z';
}

constexpr bool is_upper(char letter) {
    return letter >= 'A' && letter <= 'Z';
}

constexpr bool is_alphanumeric(char letter) {
    return is_digit(letter) || is_lower(letter) || is_upper(letter);
}

constexpr char lowered(char letter) {
    return is_upper(letter) ? static_cast<char>(letter - 'A' + 'a') : letter;
}

constexpr char raised(char letter) {
    return is_lower(letter) ? static_cast<char>(letter - 'a' + 'A') : letter;
}

}  // namespace lago::ascii
