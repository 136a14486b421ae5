// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/tls.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>

#include "system/wait.hpp"

namespace lago::http {

namespace {

// Where distributions keep their authorities: a static OpenSSL knows only the folder it was built with.
constexpr std::array system_authorities{
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Gentoo
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",                   // older RHEL
    "/etc/ssl/ca-bundle.pem",                             // openSUSE
    "/etc/ssl/cert.pem",                                  // Alpine
};

struct FreeContext {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;

std::string openssl_reason() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? "no reason was given" : reason;
}

std::unexpected<Error> failed(ErrorKind kind, std::string message) {
    return std::unexpected(Error{kind, std::move(message)});
}

bool load_authorities(SSL_CTX& context, const std::string& ca_file) {
    if (!ca_file.empty()) return SSL_CTX_load_verify_locations(&context, ca_file.c_str(), nullptr) == 1;
    const auto found =
        std::ranges::find_if(system_authorities, [](const char* path) { return ::access(path, R_OK) == 0; });
    return found != system_authorities.end() && SSL_CTX_load_verify_locations(&context, *found, nullptr) == 1;
}

bool expect_host(SSL& session, const std::string& host) {
    X509_VERIFY_PARAM* rules = SSL_get0_param(&session);
    if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1) return true;
    ERR_clear_error();
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1 &&
           SSL_set_tlsext_host_name(&session, host.c_str()) == 1;
}

bool is_other_name(long verdict) {
    return verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH;
}

// OpenSSL keeps a verdict also where it was told to check nothing.
bool is_refused(SSL& handle) {
    return SSL_get_verify_mode(&handle) != SSL_VERIFY_NONE && SSL_get_verify_result(&handle) != X509_V_OK;
}

int as_int(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

// A passphrase is never asked for: there is nobody to type it.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

bool load_own_certificate(SSL_CTX& context, const Tls& tls) {
    const std::string& key_file = tls.key_file.empty() ? tls.certificate_file : tls.key_file;
    SSL_CTX_set_default_passwd_cb(&context, no_passphrase);
    return SSL_CTX_use_certificate_chain_file(&context, tls.certificate_file.c_str()) == 1 &&
           SSL_CTX_use_PrivateKey_file(&context, key_file.c_str(), SSL_FILETYPE_PEM) == 1 &&
           SSL_CTX_check_private_key(&context) == 1;
}

std::expected<Context, Error> make_context(const Tls& tls) {
    Context context(SSL_CTX_new(TLS_client_method()));
    if (!context) return failed(ErrorKind::tls, "cannot prepare TLS: " + openssl_reason());
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (!tls.certificate_file.empty() && !load_own_certificate(*context, tls))
        return failed(ErrorKind::client_certificate,
                      "cannot use the client certificate " + tls.certificate_file + ": " + openssl_reason());
    if (!tls.verify) return context;
    if (!load_authorities(*context, tls.ca_file))
        return failed(
            ErrorKind::ca_file,
            tls.ca_file.empty()
                ? "no file of certificate authorities was found on this machine; name one"
                : "cannot read certificate authorities from " + tls.ca_file + ": " + openssl_reason());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    return context;
}

std::expected<void, Error> wait_for_handle(SSL& handle, int outcome, Deadline deadline) {
    const int want = SSL_get_error(&handle, outcome);
    if (want == SSL_ERROR_WANT_READ || want == SSL_ERROR_WANT_WRITE) {
        if (system::wait_for(SSL_get_fd(&handle), want == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline))
            return {};
        return failed(ErrorKind::timed_out, "TLS: no answer in time");
    }
    if (want == SSL_ERROR_SYSCALL) {
        ERR_clear_error();
        return failed(ErrorKind::closed, "TLS: the connection was closed");
    }
    return std::unexpected(last_tls_error());
}

}  // namespace

Error last_tls_error() {
    if (const unsigned long code = ERR_peek_error(); ERR_SYSTEM_ERROR(code)) {
        ERR_clear_error();
        return {ErrorKind::closed,
                std::string("TLS: the connection was closed: ") + std::strerror(ERR_GET_REASON(code))};
    }
    switch (ERR_GET_REASON(ERR_peek_error())) {
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
            return {ErrorKind::client_certificate, "the server refuses our certificate: " + openssl_reason()};
        default:
            return {ErrorKind::tls, "TLS: " + openssl_reason()};
    }
}

Error handshake_error(SSL& handle, const std::string& host) {
    if (!is_refused(handle) && ERR_peek_error() != 0) return last_tls_error();
    if (!is_refused(handle)) return {ErrorKind::closed, "TLS: the connection was closed"};
    const long verdict = SSL_get_verify_result(&handle);
    const std::string why = X509_verify_cert_error_string(verdict);
    ERR_clear_error();
    if (is_other_name(verdict))
        return {ErrorKind::host_name, "the server's certificate is not for " + host + ": " + why};
    return {ErrorKind::certificate, "the certificate of " + host + " is not trusted: " + why};
}

std::expected<TlsHandle, Error> prepare_tls(const std::string& host, const Tls& tls) {
    ERR_clear_error();
    const auto context = make_context(tls);
    if (!context) return std::unexpected(context.error());
    TlsHandle handle(SSL_new(context->get()));
    if (!handle) return failed(ErrorKind::tls, "cannot prepare TLS: " + openssl_reason());
    if (tls.verify && !expect_host(*handle, host))
        return failed(ErrorKind::host_name, "a certificate cannot be checked for the name " + host);
    if (!tls.verify) SSL_set_tlsext_host_name(handle.get(), host.c_str());
    return handle;
}

std::expected<void, Error> shake_hands(SSL& handle, const std::string& host, Deadline deadline) {
    for (;;) {
        ERR_clear_error();
        const int outcome = SSL_connect(&handle);
        if (outcome == 1) return {};
        if (is_refused(handle)) return std::unexpected(handshake_error(handle, host));
        if (const auto ready = wait_for_handle(handle, outcome, deadline); !ready) return ready;
    }
}

std::expected<TlsSession, Error> TlsSession::open(int fd, const std::string& host, const Tls& tls,
                                                  Deadline deadline) {
    auto made = prepare_tls(host, tls);
    if (!made) return std::unexpected(made.error());
    if (SSL_set_fd(made->get(), fd) != 1)
        return failed(ErrorKind::tls, "cannot prepare TLS: " + openssl_reason());
    if (const auto shaken = shake_hands(**made, host, deadline); !shaken)
        return std::unexpected(shaken.error());
    return TlsSession(std::move(*made));
}

std::expected<std::size_t, Error> TlsSession::read(char* data, std::size_t size, Deadline deadline) {
    for (;;) {
        const int count = SSL_read(session_.get(), data, as_int(size));
        if (count > 0) return static_cast<std::size_t>(count);
        if (SSL_get_error(session_.get(), count) == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
        if (const auto ready = wait_for_handle(*session_, count, deadline); !ready)
            return std::unexpected(ready.error());
    }
}

std::expected<std::size_t, Error> TlsSession::write(const char* data, std::size_t size, Deadline deadline) {
    for (;;) {
        const int count = SSL_write(session_.get(), data, as_int(size));
        if (count > 0) return static_cast<std::size_t>(count);
        if (const auto ready = wait_for_handle(*session_, count, deadline); !ready)
            return std::unexpected(ready.error());
    }
}

}  // namespace lago::http
