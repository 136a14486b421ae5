// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace lago::postgres {

/// The name of a role, database, schema or extension, as it is (not folded to lower case).
class Identifier {
public:
    /// The longest name that PostgreSQL keeps whole (NAMEDATALEN - 1); it cuts longer ones without an error.
    static constexpr std::size_t longest = 63;

    /// `option` is the option's name for the message. Throws Failure (kind "bad_name") for a name that is
    /// empty, too long, not UTF-8 or holds a NUL.
    Identifier(std::string text, std::string_view option);

    const std::string& string() const { return text_; }
    bool operator==(const Identifier&) const = default;
    auto operator<=>(const Identifier&) const = default;

private:
    std::string text_;
};

/// A text for a statement: a locale, a version, a comment.
class Text {
public:
    static constexpr std::size_t longest = 65536;

    /// Throws Failure (kind "bad_text") for one that is too long, not UTF-8 or holds a NUL.
    Text(std::string text, std::string_view option);

    const std::string& string() const { return text_; }
    bool operator==(const Text&) const = default;

private:
    std::string text_;
};

/// The server's own spelling of a character encoding: "UTF8" for "utf-8"; nothing where there is no such
/// encoding.
std::optional<std::string> encoding_name(const std::string& name);

}  // namespace lago::postgres
