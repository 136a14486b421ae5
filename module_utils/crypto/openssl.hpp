// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

/// Owning types for what libcrypto hands out. Only .cpp files of module_utils/crypto include this.
namespace lago::crypto {

template <auto release>
struct Releaser {
    template <class T>
    void operator()(T* object) const noexcept {
        release(object);
    }
};

template <class T, auto release>
using Handle = std::unique_ptr<T, Releaser<release>>;

using Key = Handle<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Bio = Handle<BIO, BIO_free>;
using Encoder = Handle<OSSL_ENCODER_CTX, OSSL_ENCODER_CTX_free>;
using Digest = Handle<EVP_MD, EVP_MD_free>;
using DigestContext = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using Pkcs8 = Handle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

/// Memory that libcrypto allocated, overwritten before it is given back.
class Buffer {
public:
    Buffer(unsigned char* bytes, std::size_t size) : bytes_(bytes), size_(size) {}
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() { OPENSSL_clear_free(bytes_, size_); }

    std::string_view view() const { return {reinterpret_cast<const char*>(bytes_), size_}; }

private:
    unsigned char* bytes_;
    std::size_t size_;
};

inline const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// The last error of this thread in libcrypto's words ("unsupported"), and none left in its queue.
inline std::string take_error() {
    const unsigned long code = ERR_peek_last_error();
    const char* const reason = ERR_reason_error_string(code);
    ERR_clear_error();
    return reason == nullptr ? "unknown error" : reason;
}

}  // namespace lago::crypto
