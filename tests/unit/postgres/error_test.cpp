// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/error.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cerrno>
#include <cstring>
#include <string>

using namespace lago;
using namespace lago::postgres;

namespace {

const std::string at = "connection to server at \"127.0.0.1\", port 5432 failed: ";

ErrorKind kind_of(const std::string& text, bool with_tls = false) {
    return connection_error(text, with_tls).kind;
}

}  // namespace

TEST_CASE("the server's errors are told by their code, in any language", "[postgres][error]") {
    CHECK(kind_of(at + "FATAL:  28P01: password authentication failed for user \"x\"\nLOCATION:  "
                       "auth_failed, auth.c:330\n") == ErrorKind::wrong_password);
    CHECK(kind_of(at + "FATAL:  28P01: Passwort-Authentifizierung fehlgeschlagen\n") ==
          ErrorKind::wrong_password);
    CHECK(kind_of(at + "ПАНИКА:  3D000: база данных не существует\n") == ErrorKind::database_missing);
    CHECK(kind_of(at + "FATAL:  53300: sorry, too many clients already\n") ==
          ErrorKind::too_many_connections);
    CHECK(kind_of(at + "FATAL:  57P03: the database system is starting up\n") == ErrorKind::starting);
    CHECK(kind_of(at + "FATAL:  28000: Peer authentication failed for user \"x\"\n") ==
          ErrorKind::authentication);
}

TEST_CASE("a missing line in pg_hba.conf is told from one that wants TLS", "[postgres][error]") {
    const std::string text = at + "FATAL:  28000: no pg_hba.conf entry for host \"127.0.0.1\", user \"x\"\n";
    CHECK(kind_of(text, true) == ErrorKind::no_pg_hba_entry);
    CHECK(kind_of(text, false) == ErrorKind::tls_required);
}

TEST_CASE("of two attempts of sslmode=prefer one is told", "[postgres][error]") {
    const Error error = connection_error(at + "FATAL:  28P01: one\n" + at + "FATAL:  28P01: two\n", true);
    CHECK(error.message == "one");
    CHECK(error.sqlstate == "28P01");
    // What the server said beats what the system said of another address.
    CHECK(kind_of(at + std::strerror(ECONNREFUSED) + "\n\tIs the server running?\n" + at +
                  "FATAL:  28P01: x\n") == ErrorKind::wrong_password);
}

TEST_CASE("a failure of TLS is told, not what the server thinks of doing without", "[postgres][error]") {
    CHECK(kind_of(at + "certificate present, but not private key file \"/x\"\n" + at +
                  "FATAL:  28000: pg_hba.conf rejects connection, no encryption\n") == ErrorKind::tls);
    CHECK(kind_of(at + "server does not support SSL, but SSL was required\n" + at + "FATAL:  28P01: x\n") ==
          ErrorKind::wrong_password);
}

TEST_CASE("what libpq and the system say is told apart", "[postgres][error]") {
    CHECK(kind_of(at + std::strerror(ECONNREFUSED) + "\n\tIs the server running?\n") == ErrorKind::refused);
    CHECK(kind_of(at + std::strerror(EHOSTUNREACH) + "\n") == ErrorKind::unreachable);
    CHECK(kind_of(at + "server does not support SSL, but SSL was required\n") == ErrorKind::tls_refused);
    CHECK(kind_of(at + "server certificate for \"db\" does not match host name \"other\"\n") ==
          ErrorKind::tls_wrong_host);
    CHECK(kind_of(at + "SSL error: certificate verify failed: self-signed certificate\n") ==
          ErrorKind::tls_unknown_ca);
    CHECK(kind_of("root certificate file \"/x\" does not exist\nEither provide the file, …\n") ==
          ErrorKind::tls_no_ca);
    CHECK(kind_of(at + "fe_sendauth: no password supplied\n") == ErrorKind::password_missing);
    CHECK(kind_of(at + "server closed the connection unexpectedly\n\tThis probably means…\n") ==
          ErrorKind::gone);
    CHECK(kind_of(at + "received invalid response to SSL negotiation: H\n") == ErrorKind::garbage);
    CHECK(kind_of(at + "authentication method requirement \"scram-sha-256\" failed: server did not complete "
                       "authentication\n") == ErrorKind::proof_refused);
    CHECK(kind_of("invalid connection option \"klingon\"\n") == ErrorKind::client);
    CHECK(kind_of("") == ErrorKind::gone);
}

TEST_CASE("what to do is a sentence after the server's own", "[postgres][error]") {
    for (int kind = 0; kind < static_cast<int>(ErrorKind::server); ++kind) {
        const std::string hint = to_failure({static_cast<ErrorKind>(kind), "", "", ""}, "").hint;
        INFO(word(static_cast<ErrorKind>(kind)));
        REQUIRE_FALSE(hint.empty());
        CHECK((hint.front() >= 'A' && hint.front() <= 'Z'));
    }
    CHECK(to_failure(server_error("55006", "", "", "Theirs."), "").hint.starts_with("Theirs. Stop"));
    CHECK(to_failure(server_error("55006", "", "", "Theirs"), "").hint.starts_with("Theirs. Stop"));
    CHECK(to_failure(server_error("22023", "", "", "Theirs."), "").hint == "Theirs.");
}

TEST_CASE("a failure carries kind, code and what to do", "[postgres][error]") {
    const Failure failure =
        to_failure(server_error("42501", "permission denied", "detail", "server's hint"), "cannot x");
    CHECK(failure.kind == "no_permission");
    CHECK(failure.why == "permission denied (detail)");
    CHECK(failure.hint.starts_with("server's hint"));
    REQUIRE(failure.facts.find("sqlstate") != nullptr);
    CHECK(*failure.facts.find("sqlstate") == Value("42501"));
}
