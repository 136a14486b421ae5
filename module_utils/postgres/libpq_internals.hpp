// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What libpq keeps to itself and we would otherwise have to write: its functions change their parameters
/// between major versions, and libpq_internals.cpp is the one place that follows.
namespace lago::postgres::internals {

using Key = std::array<std::uint8_t, 32>;  ///< SHA-256

/// What PostgreSQL takes as the password: prepared by SASLprep (RFC 4013), or as it is where that does not
/// allow it (backend/libpq/auth-scram.c does the same).
std::string prepared_password(std::string_view password);

/// SCRAM's ServerKey (RFC 5802) of a prepared password; nothing where OpenSSL refuses.
std::optional<Key> server_key(const std::string& prepared, std::span<const std::uint8_t> salt,
                              int iterations);

/// "SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey" of a prepared password.
std::optional<std::string> scram_secret(const std::string& prepared, std::span<const std::uint8_t> salt,
                                        int iterations);

/// "md5" and the MD5 of password and role in hexadecimal digits.
std::optional<std::string> md5_secret(const std::string& password, const std::string& role);

std::optional<std::vector<std::uint8_t>> decode_base64(std::string_view text);
/// From the system's generator.
std::optional<std::vector<std::uint8_t>> random_bytes(std::size_t count);

bool is_utf8(std::string_view text);

}  // namespace lago::postgres::internals
