// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "core/secret.hpp"
#include "crypto/digest.hpp"

namespace lago::crypto {

/// How a text holds a private key.
enum class KeyFormat {
    pkcs8,   ///< PEM "PRIVATE KEY"
    pkcs1,   ///< PEM "RSA PRIVATE KEY" (of other types: their traditional PEM)
    der,     ///< the bytes inside such a PEM
    base64,  ///< base64 of a PEM or of DER
};

/// Why a text is not a private key that can be used.
enum class KeyProblem {
    empty,
    too_large,      ///< more than `largest_key_text`
    garbage,        ///< nothing that looks like a key
    broken_pem,     ///< a PEM label, but what follows cannot be read: lost line breaks, a truncated file
    encrypted,      ///< a passphrase would be needed
    public_key,     ///< the public half
    certificate,    ///< a certificate or a certificate request
    openssh,        ///< OpenSSH's own format
    pkcs12,         ///< a PKCS#12 container
    several,        ///< more than one PEM block
    double_base64,  ///< base64 of base64
    other_type,     ///< a private key of a type that cannot even be read here (DSA)
    inconsistent,   ///< it reads, but what it signs its own public half does not verify
};

/// Bytes of a text that may hold a key; a key of 16384 bits takes 13 KB.
inline constexpr std::size_t largest_key_text = 64U << 10U;

/// The public half of a key: what may be shown.
struct Identity {
    std::string public_key;     ///< PEM SubjectPublicKeyInfo
    Fingerprints fingerprints;  ///< over the DER SubjectPublicKeyInfo
    bool operator==(const Identity&) const = default;
};

struct ParsedKey;

/// A private key in memory; libcrypto overwrites it when it goes.
class PrivateKey {
public:
    /// Reads PEM, DER, or base64 of either, up to `largest_key_text`; a key comes with proof that it signs
    /// (one signature made and verified), not with the check of its primes: that costs a hundred times as
    /// much (`sound`).
    static std::expected<ParsedKey, KeyProblem> parse(const Secret& text);
    /// A new RSA key with public exponent 65537. The error is libcrypto's.
    static std::expected<PrivateKey, std::string> generate_rsa(int bits);

    PrivateKey(PrivateKey&&) noexcept;
    PrivateKey& operator=(PrivateKey&&) noexcept;
    ~PrivateKey();

    /// As community.crypto calls it: "RSA", "ECC", "Ed25519"…; "RSA-PSS" is not "RSA" (Ruby refuses it as
    /// one).
    std::string type() const;
    /// Size of an RSA key's modulus, of another key's group.
    int bits() const;
    Identity identity() const;
    /// The key as PEM, with a newline at its end. Only pkcs8 and pkcs1.
    Secret pem(KeyFormat format) const;
    /// The whole consistency check, primality included, as `openssl rsa -check`.
    bool sound() const;

private:
    struct Held;
    explicit PrivateKey(std::unique_ptr<Held> held);
    std::unique_ptr<Held> held_;
};

struct ParsedKey {
    PrivateKey key;
    KeyFormat format;
};

}  // namespace lago::crypto
