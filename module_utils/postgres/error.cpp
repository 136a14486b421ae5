// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "core/ascii.hpp"

namespace lago::postgres {

namespace {

struct Meaning {
    ErrorKind kind;
    std::string_view word;
    std::string_view hint;
};

constexpr std::array meanings = std::to_array<Meaning>({
    {ErrorKind::no_socket, "no_socket", "Check login_unix_socket and that PostgreSQL is running"},
    {ErrorKind::refused, "connection_refused",
     "Check login_host and login_port, and that PostgreSQL is running and listens there"},
    {ErrorKind::unreachable, "unreachable",
     "Check the route and the firewalls between this machine and the server"},
    {ErrorKind::no_such_host, "name_not_found",
     "Check the spelling of login_host; a container's name is known only inside its network: see "
     "login_container"},
    {ErrorKind::timeout, "timed_out",
     "Check that no firewall drops the packets and that the server is not overloaded"},
    {ErrorKind::wrong_password, "wrong_password", "Check login_user and login_password"},
    {ErrorKind::password_missing, "password_missing", "Set login_password"},
    {ErrorKind::authentication, "authentication",
     "Check login_user, and for peer authentication which user the task becomes"},
    {ErrorKind::no_pg_hba_entry, "no_pg_hba_entry",
     "Add a line for this client to the server's pg_hba.conf and reload it, or use another login_method"},
    {ErrorKind::proof_refused, "proof_refused",
     "A trust or peer line in pg_hba.conf accepts any password: log in over another way"},
    {ErrorKind::database_missing, "no_database", "Check login_db: it must exist already"},
    {ErrorKind::tls_required, "tls_required",
     "The server may accept this client only over TLS: set ssl_mode to require or better, or add a line to "
     "pg_hba.conf"},
    {ErrorKind::tls_refused, "tls_refused",
     "Turn TLS on in the server (ssl = on), or set ssl_mode to prefer where the way to it is safe"},
    {ErrorKind::tls_wrong_host, "host_name_mismatch",
     "Set login_host to a name that stands in the certificate, or ssl_mode to verify-ca"},
    {ErrorKind::tls_unknown_ca, "certificate",
     "Set ca_cert to the file with the certificate authority that signed the server's certificate"},
    {ErrorKind::tls_no_ca, "ca_file",
     "Set ca_cert to the file with the certificate authority that signed the server's certificate"},
    {ErrorKind::tls, "tls_handshake", "Check ssl_mode, ca_cert, ssl_cert and ssl_key"},
    {ErrorKind::too_many_connections, "too_many_connections",
     "Close connections or raise max_connections or the CONNECTION LIMIT"},
    {ErrorKind::starting, "starting", "Wait until the server has started and run again"},
    {ErrorKind::not_permitted, "no_permission",
     "Log in as a superuser, or as a role that may do this (login_user)"},
    {ErrorKind::read_only, "read_only", "Connect to the primary server: this one takes no changes"},
    {ErrorKind::exists, "exists", "Somebody else made it at the same time: run again"},
    {ErrorKind::in_use, "in_use",
     "Stop what uses it and run again; force: true closes the sessions of a database that is dropped"},
    {ErrorKind::no_space, "no_space", "Make room on the server's disk and run again"},
    {ErrorKind::gone, "connection_closed",
     "See the server's log for why it closed the connection, and run again"},
    {ErrorKind::garbage, "garbage",
     "Something else than PostgreSQL answers there: check login_host and login_port"},
    {ErrorKind::client, "bad_parameter", "Check connect_params and the ssl options"},
    {ErrorKind::server, "server_error", ""},
});

const Meaning& meaning(ErrorKind kind) {
    return *std::ranges::find(meanings, kind, &Meaning::kind);
}

// PostgreSQL's appendix "PostgreSQL Error Codes".
ErrorKind kind_of(std::string_view sqlstate) {
    constexpr std::array codes = std::to_array<std::pair<std::string_view, ErrorKind>>({
        {"28P01", ErrorKind::wrong_password},
        {"28000", ErrorKind::authentication},
        {"3D000", ErrorKind::database_missing},
        {"53300", ErrorKind::too_many_connections},
        {"57P03", ErrorKind::starting},
        {"42501", ErrorKind::not_permitted},
        {"25006", ErrorKind::read_only},
        {"42710", ErrorKind::exists},
        {"42P04", ErrorKind::exists},
        {"55006", ErrorKind::in_use},
        {"53100", ErrorKind::no_space},
        {"57P01", ErrorKind::gone},
        {"57P02", ErrorKind::gone},
        {"57P05", ErrorKind::gone},
        {"08P01", ErrorKind::garbage},
    });
    const auto found = std::ranges::find(codes, sqlstate, &std::pair<std::string_view, ErrorKind>::first);
    return found == codes.end() ? ErrorKind::server : found->second;
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}
bool has_errno(std::string_view text, int number) {
    return has(text, std::strerror(number));
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (end != 0) lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool is_sqlstate(std::string_view text) {
    return text.size() == 5 && std::ranges::all_of(text, [](char character) {
               return ascii::is_digit(character) || ascii::is_upper(character);
           });
}

/// "FATAL:  28P01: password authentication failed": the code that PQERRORS_VERBOSE puts before the message.
/// The severity is translated by the server, the code is not.
std::optional<Error> server_line(std::string_view line) {
    constexpr std::string_view after_severity = ":  ";
    const std::size_t at = line.find(after_severity);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view rest = line.substr(at + after_severity.size());
    if (rest.size() < 8 || !is_sqlstate(rest.substr(0, 5)) || rest.substr(5, 2) != ": ") return std::nullopt;
    return Error{kind_of(rest.substr(0, 5)), std::string(rest.substr(7)), std::string(rest.substr(0, 5)), ""};
}

/// libpq's own words are not translated (it is built without NLS) and belong to the pinned version.
ErrorKind client_kind(std::string_view text) {
    if (has(text, "does not support SSL")) return ErrorKind::tls_refused;
    if (has(text, "does not match host name")) return ErrorKind::tls_wrong_host;
    if (has(text, "certificate verify failed")) return ErrorKind::tls_unknown_ca;
    if (has(text, "root certificate file") && has(text, "does not exist")) return ErrorKind::tls_no_ca;
    if (has(text, "authentication method requirement")) return ErrorKind::proof_refused;
    if (has(text, "no password supplied")) return ErrorKind::password_missing;
    if (has(text, "could not translate host name")) return ErrorKind::no_such_host;
    if (has(text, "invalid response") || has(text, "expected authentication request") ||
        has(text, "lost synchronization") || has(text, "unexpected message from server") ||
        has(text, "unexpected response from server") || has(text, "malformed SCRAM message") ||
        has(text, "not supported by server") || has(text, "wrong version number"))
        return ErrorKind::garbage;
    if (has_errno(text, ECONNREFUSED)) return ErrorKind::refused;
    if (has_errno(text, ENOENT) && has(text, "socket \"")) return ErrorKind::no_socket;
    if (has_errno(text, EHOSTUNREACH) || has_errno(text, ENETUNREACH)) return ErrorKind::unreachable;
    if (has_errno(text, ETIMEDOUT)) return ErrorKind::timeout;
    if (has(text, "closed the connection unexpectedly") || has_errno(text, ECONNRESET) ||
        has_errno(text, EPIPE) || has(text, "EOF detected"))
        return ErrorKind::gone;
    if (has(text, "SSL") || has(text, "certificate") || has(text, "private key")) return ErrorKind::tls;
    return ErrorKind::client;
}

Error client_error(std::string_view text) {
    return {client_kind(text), std::string(trimmed(text)), "", ""};
}

bool is_tls(ErrorKind kind) {
    using enum ErrorKind;
    return kind == tls || kind == tls_wrong_host || kind == tls_unknown_ca || kind == tls_no_ca;
}

// Lines that libpq adds for a person at a terminal; our hints say it better.
bool is_filler(std::string_view line) {
    return line.starts_with('\t') || line.starts_with("LOCATION:") ||
           line.starts_with("Either provide the file");
}

// PostgreSQL's hints are sentences, most of them with a full stop.
std::string joined(const std::string& first, const std::string& second) {
    return first + (second.empty() ? "" : first.ends_with('.') ? " " : ". ") + second;
}

}  // namespace

std::string_view word(ErrorKind kind) {
    return meaning(kind).word;
}

Error server_error(std::string sqlstate, std::string message, std::string detail, std::string hint) {
    const ErrorKind kind = kind_of(sqlstate);
    if (!detail.empty()) message += " (" + detail + ")";
    return {kind, std::move(message), std::move(sqlstate), std::move(hint)};
}

Error connection_error(std::string_view text, bool with_tls) {
    std::optional<Error> best;
    for (const std::string_view line : lines_of(text)) {
        if (is_filler(line)) continue;
        Error error = server_line(line).value_or(client_error(line));
        if (error.sqlstate == "28000" && has(line, "pg_hba.conf"))
            error.kind = with_tls ? ErrorKind::no_pg_hba_entry : ErrorKind::tls_required;
        // With sslmode=prefer a failure of TLS is followed by what the server thinks of doing without.
        const bool because_of_tls = best && is_tls(best->kind) && error.kind == ErrorKind::tls_required;
        const bool says_more = best && best->sqlstate.empty() && !error.sqlstate.empty() && !because_of_tls;
        if (!best || says_more) best = std::move(error);
    }
    return best.value_or(Error{ErrorKind::gone, "the connection ended without a word", "", ""});
}

Failure to_failure(const Error& error, std::string what) {
    Failure failure{.what = std::move(what),
                    .why = error.message,
                    .hint = std::string(meaning(error.kind).hint),
                    .kind = std::string(word(error.kind)),
                    .facts = {}};
    if (!error.hint.empty()) failure.hint = joined(error.hint, failure.hint);
    if (!error.sqlstate.empty()) failure.facts.set("sqlstate", error.sqlstate);
    return failure;
}

}  // namespace lago::postgres
