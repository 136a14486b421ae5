// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lago::crypto {

/// Digest names as Python's hashlib has them, each with its value: pairs of hexadecimal digits with colons
/// between.
using Fingerprints = std::vector<std::pair<std::string, std::string>>;

/// `bytes` under every digest that hashlib guarantees and this libcrypto has (all but blake2b and blake2s);
/// the SHAKE functions give 32 bytes. The form of community.crypto's `fingerprint`.
Fingerprints fingerprints_of(std::string_view bytes);

/// As `sha256sum` prints it: 64 hexadecimal digits.
std::string sha256_of(std::string_view bytes);

}  // namespace lago::crypto
