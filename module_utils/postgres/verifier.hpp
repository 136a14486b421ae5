// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.hpp"
#include "postgres/libpq_internals.hpp"

namespace lago::postgres {

/// A stored SCRAM-SHA-256 verifier, taken apart (PostgreSQL, parse_scram_secret in auth-scram.c).
struct ScramVerifier {
    int iterations = 0;
    std::vector<std::uint8_t> salt;
    internals::Key stored_key{};
    internals::Key server_key{};
};

/// Nothing for a text that is no SCRAM-SHA-256 verifier, or one with so many iterations (above ten million)
/// that checking it would take minutes.
std::optional<ScramVerifier> parse_scram(std::string_view text);

/// The form in which a password is stored in pg_authid.rolpassword.
enum class Form { clear, md5, scram };
/// What the server itself would take `text` for (get_password_type in PostgreSQL's crypt.c).
Form form_of(const Secret& text);

enum class Match { yes, no, unreadable };

/// Is `stored` (pg_authid.rolpassword) a verifier of `password` for the role? `password` may itself be in a
/// stored form; then both have to be the same text.
Match matches(const Secret& stored, const Secret& password, const std::string& role);

/// A new SCRAM-SHA-256 verifier with a random salt, or `password` itself where it already is in a stored
/// form. Nothing where the system gives no random bytes or OpenSSL refuses.
std::optional<Secret> make_verifier(const Secret& password, int iterations);

/// The longest password that is taken: more than any tool on the way (URL, environment, .pgpass) was made
/// for.
inline constexpr std::size_t longest_password = 4096;

/// Throws Failure (kind "bad_password") naming `option` for a password that is empty, too long, not UTF-8 or
/// holds a NUL.
void check_password(const Secret& password, std::string_view option);

}  // namespace lago::postgres
