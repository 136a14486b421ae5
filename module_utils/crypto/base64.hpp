// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lago::crypto {

/// RFC 4648 section 4, on one line.
std::string base64_encode(std::string_view bytes);

/// The bytes of a base64 text; white space anywhere and missing padding are accepted, as Ruby's
/// Base64.decode64 does. Nothing where any other character stands, or where no whole number of bytes comes
/// out. No copy of the bytes but the returned one is left behind.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace lago::crypto
