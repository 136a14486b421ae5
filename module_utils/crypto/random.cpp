// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/random.hpp"

#include <openssl/rand.h>

#include <algorithm>

#include "crypto/base64.hpp"
#include "crypto/openssl.hpp"

namespace lago::crypto {

std::expected<Secret, std::string> random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_priv_bytes_ex(nullptr, reinterpret_cast<unsigned char*>(bytes.data()), count, 0) != 1)
        return std::unexpected(take_error());
    return Secret(std::move(bytes));
}

std::string hex_encode(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);  // no second allocation, which would leave a copy
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4U];
        text += digits[byte & 0x0fU];
    }
    return text;
}

std::string base64url_encode(std::string_view bytes) {
    std::string text = base64_encode(bytes);
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    text.resize(std::min(text.find('='), text.size()));
    return text;
}

}  // namespace lago::crypto
