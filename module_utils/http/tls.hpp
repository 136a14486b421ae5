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
    struct FreeContext {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    struct FreeSession {
        void operator()(SSL* session) const { SSL_free(session); }
    };
    using Context = std::unique_ptr<SSL_CTX, FreeContext>;
    using Session = std::unique_ptr<SSL, FreeSession>;

    TlsSession(Session session, int fd) : session_(std::move(session)), fd_(fd) {}
    static std::expected<Context, Error> make_context(const Tls& tls);
    static std::expected<Session, Error> make_session(SSL_CTX& context, int fd, const std::string& host,
                                                      const Tls& tls);
    std::expected<void, Error> shake_hands(const std::string& host, Deadline deadline);
    std::expected<void, Error> wait_after(int outcome, Deadline deadline) const;

    Session session_;
    int fd_;
};

}  // namespace lago::http
