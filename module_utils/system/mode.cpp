// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/mode.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <optional>

namespace lago::system {

namespace {

constexpr mode_t permission_bits = 07777;

bool is_space(char letter) {
    return std::string_view(" \t\n\r\f\v").find(letter) != std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

// Python's int(text, 8): a sign, the prefix 0o, single underscores between digits. -1 stands for "too large".
std::optional<std::int64_t> python_octal(std::string_view text) {
    text = trimmed(text);
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    bool digit_before = false;
    if (text.starts_with("0o") || text.starts_with("0O")) {
        text.remove_prefix(2);
        digit_before = true;  // "0o_7" is a number as well
    }
    if (text.empty()) return std::nullopt;
    std::int64_t value = 0;
    bool ends_in_digit = false;
    for (const char letter : text) {
        if (letter == '_' && digit_before) {
            digit_before = ends_in_digit = false;
            continue;
        }
        if (letter < '0' || letter > '7') return std::nullopt;
        value = std::min<std::int64_t>(value * 8 + (letter - '0'), 1 << 30);
        digit_before = ends_in_digit = true;
    }
    if (!ends_in_digit) return std::nullopt;
    return negative ? -value : value;
}

struct Who {
    char letter;
    mode_t set_id;
    unsigned shift;
};

constexpr Who user{'u', S_ISUID, 6};
constexpr Who group{'g', S_ISGID, 3};
constexpr Who other{'o', S_ISVTX, 0};

const Who& who_is(char letter) {
    return letter == 'u' ? user : letter == 'g' ? group : other;
}

struct Situation {
    mode_t umask;
    bool use_umask;
    bool is_directory;
};

// The bits that the letters after an operator mean for one of user, group, other.
mode_t bits_for(const Who& who, std::string_view letters, mode_t current, const Situation& now) {
    const mode_t allowed = now.use_umask ? ~now.umask & permission_bits : permission_bits;
    const auto own = [&](unsigned rwx) { return static_cast<mode_t>(rwx << who.shift); };
    mode_t bits = 0;
    for (const char letter : letters) {
        switch (letter) {
            case 'r':
                bits |= own(4) & allowed;
                break;
            case 'w':
                bits |= own(2) & allowed;
                break;
            case 'x':
                bits |= own(1) & allowed;
                break;
            case 'X':
                bits |= now.is_directory || (current & 0111U) != 0 ? own(1) : 0;
                break;
            case 's':
                bits |= who.letter == 'o' ? 0 : who.set_id;
                break;
            case 't':
                bits |= who.letter == 'o' ? who.set_id : 0;
                break;
            default:
                bits |= own((current >> who_is(letter).shift) & 7U);
                break;
        }
    }
    return bits;
}

mode_t applied(const Who& who, char operation, mode_t bits, mode_t current) {
    if (operation == '+') return current | bits;
    if (operation == '-') return current & ~bits;
    return (current & ~((7U << who.shift) | who.set_id)) | bits;
}

bool only(std::string_view text, std::string_view allowed) {
    return text.find_first_not_of(allowed) == std::string_view::npos;
}

std::optional<mode_t> symbolic_clause(std::string_view clause, mode_t mode, mode_t umask, bool is_directory) {
    constexpr std::string_view operators = "+-=";
    std::size_t at = std::min(clause.find_first_of(operators), clause.size());
    std::string_view who = clause.substr(0, at);
    const Situation now{umask, who.empty(), is_directory};
    if (who.empty() || who == "a") who = "ugo";
    if (!only(who, "ugo")) return std::nullopt;
    while (at < clause.size()) {
        const char operation = clause[at];
        const std::size_t end = std::min(clause.find_first_of(operators, at + 1), clause.size());
        const std::string_view letters = clause.substr(at + 1, end - at - 1);
        if (!only(letters, "rwxXstugo")) return std::nullopt;
        for (const char letter : who)
            mode = applied(who_is(letter), operation, bits_for(who_is(letter), letters, mode, now), mode);
        at = end;
    }
    return mode;
}

}  // namespace

mode_t current_umask() {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    return mask;
}

std::expected<mode_t, ModeError> parse_mode(std::string_view text, mode_t current, bool is_directory,
                                            mode_t umask) {
    if (const auto number = python_octal(text)) {
        if (*number < 0 || *number > permission_bits) return std::unexpected(ModeError::out_of_range);
        return static_cast<mode_t>(*number);
    }
    mode_t mode = current;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        const auto next = symbolic_clause(text.substr(at, end - at), mode, umask, is_directory);
        if (!next) return std::unexpected(ModeError::neither);
        mode = *next;
        at = end + 1;
    }
    return mode;
}

std::string octal(mode_t mode) {
    std::string digits;
    for (mode_t rest = mode; rest != 0 || digits.size() < 3; rest >>= 3U)
        digits.insert(digits.begin(), static_cast<char>('0' + (rest & 7U)));
    return "0" + digits;
}

}  // namespace lago::system
