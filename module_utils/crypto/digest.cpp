// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/digest.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "crypto/openssl.hpp"

namespace lago::crypto {

namespace {

struct Algorithm {
    const char* name;     // hashlib's
    const char* openssl;  // libcrypto's
    std::size_t size;     // of an extendable-output function; 0: its own
};

constexpr std::array algorithms = {
    Algorithm{"md5", "MD5", 0},
    Algorithm{"sha1", "SHA1", 0},
    Algorithm{"sha224", "SHA2-224", 0},
    Algorithm{"sha256", "SHA2-256", 0},
    Algorithm{"sha384", "SHA2-384", 0},
    Algorithm{"sha512", "SHA2-512", 0},
    Algorithm{"sha3_224", "SHA3-224", 0},
    Algorithm{"sha3_256", "SHA3-256", 0},
    Algorithm{"sha3_384", "SHA3-384", 0},
    Algorithm{"sha3_512", "SHA3-512", 0},
    Algorithm{"shake_128", "SHAKE-128", 32},
    Algorithm{"shake_256", "SHAKE-256", 32},
};

std::string colon_separated(std::span<const unsigned char> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : bytes) {
        if (!text.empty()) text += ':';
        text += digits[byte >> 4U];
        text += digits[byte & 0x0fU];
    }
    return text;
}

std::optional<std::string> digest(const Algorithm& algorithm, std::string_view bytes) {
    const Digest type(EVP_MD_fetch(nullptr, algorithm.openssl, nullptr));
    const DigestContext context(EVP_MD_CTX_new());
    std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
    unsigned int size = static_cast<unsigned int>(algorithm.size);
    const bool made =
        type && context && EVP_DigestInit_ex2(context.get(), type.get(), nullptr) == 1 &&
        EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
        (algorithm.size == 0 ? EVP_DigestFinal_ex(context.get(), value.data(), &size)
                             : EVP_DigestFinalXOF(context.get(), value.data(), algorithm.size)) == 1;
    ERR_clear_error();
    if (!made) return std::nullopt;
    return colon_separated(std::span(value).first(size));
}

}  // namespace

Fingerprints fingerprints_of(std::string_view bytes) {
    Fingerprints all;
    for (const Algorithm& algorithm : algorithms)
        if (std::optional<std::string> value = digest(algorithm, bytes))
            all.emplace_back(algorithm.name, *std::move(value));
    return all;
}

std::string sha256_of(std::string_view bytes) {
    std::string value = digest({"sha256", "SHA2-256", 0}, bytes).value();
    std::erase(value, ':');
    return value;
}

}  // namespace lago::crypto
