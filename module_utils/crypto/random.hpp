// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "core/secret.hpp"

namespace lago::crypto {

/// Bytes of libcrypto's generator for private values. The error is in its words: an operating system without
/// entropy. Never fewer bytes than asked for.
std::expected<Secret, std::string> random_bytes(std::size_t count);

/// Encoders for Secret::map: two digits a byte in lower case; RFC 4648 section 5 without padding.
std::string hex_encode(std::string_view bytes);
std::string base64url_encode(std::string_view bytes);

}  // namespace lago::crypto
