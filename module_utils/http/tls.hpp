// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <expected>
#include <memory>
#include <string>

#include "core/deadline.hpp"
#include "http/http.hpp"

namespace lago::http {

struct FreeTlsHandle {
    void operator()(SSL* handle) const noexcept { SSL_free(handle); }
};
using TlsHandle = std::unique_ptr<SSL, FreeTlsHandle>;

/// A client's handle that has not spoken yet, set up to check the chain and the name `host` and to show our
/// certificate, as `tls` says; for libraries that want to own it. Errors: ca_file, client_certificate, tls,
/// host_name.
std::expected<TlsHandle, Error> prepare_tls(const std::string& host, const Tls& tls);

/// Shakes hands over the non-blocking socket that `handle` was given. Errors: certificate, host_name,
/// client_certificate, tls, timed_out, closed.
std::expected<void, Error> shake_hands(SSL& handle, const std::string& host, Deadline deadline);

/// Why a handshake failed, where another library called SSL_connect. Kinds as of shake_hands().
Error handshake_error(SSL& handle, const std::string& host);

/// What OpenSSL's last error says, as an Error; forgets it. `client_certificate` where the server refuses
/// ours.
Error last_tls_error();

/// A client's TLS session over a connected non-blocking socket, which it does not own.
class TlsSession {
public:
    /// Shakes hands as a client of `host`: chain and name are checked unless `tls.verify` is off.
    /// Errors: ca_file, certificate, host_name, tls, timed_out, closed.
    static std::expected<TlsSession, Error> open(int fd, const std::string& host, const Tls& tls,
                                                 Deadline deadline);

    /// Bytes read, 0 at the end of the stream.
    std::expected<std::size_t, Error> read(char* data, std::size_t size, Deadline deadline);
    std::expected<std::size_t, Error> write(const char* data, std::size_t size, Deadline deadline);

private:
    explicit TlsSession(TlsHandle session) : session_(std::move(session)) {}

    TlsHandle session_;
};

}  // namespace lago::http
