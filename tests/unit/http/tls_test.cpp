// SPDX-License-Identifier: GPL-3.0-or-later
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "http/http.hpp"
#include "http/server.hpp"

namespace lago::http {

namespace {

using namespace std::chrono_literals;
using tests::Server;

template <auto function>
struct Freed {
    template <class T>
    void operator()(T* handle) const {
        function(handle);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;

struct Identity {
    Key key;
    Certificate certificate;
};

// A certificate for `names` ("DNS:a.example,IP:127.0.0.1") that vouches for itself, valid from now on.
Identity identity(const std::string& names, long valid_seconds = 3600) {
    Identity made{Key(EVP_RSA_gen(2048)), Certificate(X509_new())};
    X509* certificate = made.certificate.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -7200);
    X509_gmtime_adj(X509_getm_notAfter(certificate), valid_seconds);
    X509_set_pubkey(certificate, made.key.get());
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("stand-in"), -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(certificate, made.key.get(), EVP_sha256());
    return made;
}

// The certificate in a file of its own, for the client to trust.
class TrustFile {
public:
    explicit TrustFile(const Identity& identity) {
        const int fd = ::mkstemp(path_.data());
        REQUIRE(fd >= 0);
        FILE* file = ::fdopen(fd, "w");
        PEM_write_X509(file, identity.certificate.get());
        std::fclose(file);
    }
    TrustFile(const TrustFile&) = delete;
    TrustFile& operator=(const TrustFile&) = delete;
    ~TrustFile() { ::unlink(path_.c_str()); }
    const std::string& path() const { return path_; }

private:
    std::string path_ = "/tmp/lago-trust-XXXXXX";
};

// Speaks TLS, reads the request, answers.
Server::Serve https(const Identity& identity, std::string body) {
    return [&identity, body = std::move(body)](int fd) {
        const std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> context(SSL_CTX_new(TLS_server_method()));
        SSL_CTX_use_PrivateKey(context.get(), identity.key.get());
        SSL_CTX_use_certificate(context.get(), identity.certificate.get());
        const std::unique_ptr<SSL, Freed<SSL_free>> session(SSL_new(context.get()));
        SSL_set_fd(session.get(), fd);
        if (SSL_accept(session.get()) != 1) return;
        std::string request(65536, '\0');
        SSL_read(session.get(), request.data(), static_cast<int>(request.size()));
        const std::string answer =
            "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        SSL_write(session.get(), answer.data(), static_cast<int>(answer.size()));
        SSL_shutdown(session.get());
    };
}

std::expected<Response, Error> ask(const Server& server, const std::string& host, const Tls& tls) {
    return send({.host = host, .port = server.port(), .addresses = {"127.0.0.1"}, .tls = tls}, {},
                Deadline::after(5s));
}

}  // namespace

TEST_CASE("the certificate must be trusted and be for the host that was asked for", "[http][tls]") {
    ::signal(SIGPIPE, SIG_IGN);
    const Identity lago = identity("DNS:lago.example.com,DNS:*.lago.example.com,IP:127.0.0.1");
    const Identity other = identity("DNS:lago.example.com");
    const TrustFile trust(lago);
    const TrustFile trust_other(other);
    const Server server(https(lago, "over TLS"));

    const auto kind_for = [&](const std::string& host, const Tls& tls) {
        const auto response = ask(server, host, tls);
        REQUIRE_FALSE(response.has_value());
        return response.error().kind;
    };
    CHECK(ask(server, "lago.example.com", {.ca_file = trust.path()})->body == "over TLS");
    CHECK(ask(server, "api.lago.example.com", {.ca_file = trust.path()})->body == "over TLS");
    CHECK(ask(server, "127.0.0.1", {.ca_file = trust.path()})->body == "over TLS");
    CHECK(kind_for("other.example.com", {.ca_file = trust.path()}) == ErrorKind::host_name);
    CHECK(kind_for("lago.example.com.evil.example", {.ca_file = trust.path()}) == ErrorKind::host_name);
    CHECK(kind_for("127.0.0.2", {.ca_file = trust.path()}) == ErrorKind::host_name);
    CHECK(kind_for("lago.example.com", {.ca_file = trust_other.path()}) == ErrorKind::certificate);
    CHECK(kind_for("lago.example.com", {}) !=
          ErrorKind::host_name);  // certificate, or no authorities here at all
    CHECK(kind_for("lago.example.com", {.ca_file = "/nonexistent"}) == ErrorKind::ca_file);
    CHECK(ask(server, "other.example.com", {.verify = false})->body == "over TLS");
}

TEST_CASE("a certificate out of date is refused", "[http][tls]") {
    ::signal(SIGPIPE, SIG_IGN);
    const Identity old = identity("DNS:lago.example.com", -3600);
    const TrustFile trust(old);
    const Server server(https(old, ""));
    const auto response = ask(server, "lago.example.com", {.ca_file = trust.path()});
    REQUIRE_FALSE(response.has_value());
    CHECK(response.error().kind == ErrorKind::certificate);
    CHECK(response.error().message.find("expired") != std::string::npos);
}

TEST_CASE("a server that does not speak TLS", "[http][tls]") {
    ::signal(SIGPIPE, SIG_IGN);
    const Server plain(
        [](int fd) { tests::write_all(fd, "HTTP/1.1 400 Bad Request\r\n\r\nplain HTTP here"); });
    const auto response = ask(plain, "lago.example.com", {.verify = false});
    REQUIRE_FALSE(response.has_value());
    CHECK(response.error().kind == ErrorKind::tls);

    const Server silent([](int) { ::sleep(10); });
    const auto late = send(
        {.host = "x.example", .port = silent.port(), .addresses = {"127.0.0.1"}, .tls = Tls{.verify = false}},
        {}, Deadline::after(300ms));
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().kind == ErrorKind::timed_out);
}

}  // namespace lago::http
