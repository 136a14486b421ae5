// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.hpp"
#include "postgres/name.hpp"

namespace lago::postgres {

/// A statement that takes no parameters (CREATE, ALTER, GRANT): its parts are quoted by libpq when it is
/// sent, and a password in it is never part of what is shown.
class Statement {
public:
    Statement& sql(std::string_view text);
    Statement& name(const Identifier& identifier);
    Statement& literal(const Text& text);
    /// Where a verifier goes; it is made when the statement is sent.
    Statement& password();

    bool has_password() const;
    /// For people: with ******** in place of the password.
    std::string shown() const;

    /// How to write a part; given by the connection.
    struct Quoting {
        std::function<std::optional<std::string>(std::string_view)> name;
        std::function<std::optional<std::string>(std::string_view)> literal;
    };
    /// The text to send; nothing where a part cannot be quoted, or a password is wanted and not given.
    /// The caller wipes it where it holds a password.
    std::optional<std::string> text(const Quoting& quoting, const std::optional<Secret>& verifier) const;

    bool operator==(const Statement&) const = default;

private:
    enum class Kind { sql, name, literal, password };
    struct Part {
        Kind kind = Kind::sql;
        std::string text;
        bool operator==(const Part&) const = default;
    };
    std::vector<Part> parts_;
};

}  // namespace lago::postgres
