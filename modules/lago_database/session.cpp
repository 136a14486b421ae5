// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>

#include "lago_database/lago_database.hpp"

namespace lago::database {

namespace {

constexpr std::chrono::seconds connect_timeout{30};

// Advisory locks belong to a database: all runs take theirs in this one, which initdb makes.
constexpr const char* lock_database = "postgres";
constexpr const char* take_lock = "SELECT pg_advisory_lock(1835103080, 1818322799)";  // "mash", "lago"

// Over anything else Lago's libpq would have to send the password in clear, or would prove nothing.
constexpr const char* as_lago_logs_in = "scram-sha-256";
constexpr const char* any_proof = "scram-sha-256,md5";

postgres::Login login_to(const Access& access, const docker::Endpoint& endpoint,
                         const std::string& database) {
    return {.endpoint = endpoint,
            .user = access.user,
            .password = access.password,
            .database = database,
            .tls = access.tls,
            .more = access.more,
            .require_auth = ""};
}

Dict described(const Access& access, const docker::Endpoint& endpoint) {
    Dict connection = endpoint.to_dict();
    connection.set("user", access.user);
    connection.set("database", access.database);
    return connection;
}

Failure connect_failure(const postgres::Error& error, const Access& access, const docker::Endpoint& endpoint,
                        const std::string& database) {
    Failure failure = to_failure(error, "cannot connect to database " + database + " at " +
                                            endpoint.description() + " as " + access.user);
    failure.facts.set("connection", described(access, endpoint));
    return failure;
}

bool may_come_later(postgres::ErrorKind kind) {
    using enum postgres::ErrorKind;
    return kind == no_socket || kind == refused || kind == starting || kind == no_such_host;
}

/// Ways that may ask for a password where the one that was taken did not.
std::vector<docker::Endpoint> other_ways(const Access& access, const docker::Endpoint& taken,
                                         Deadline deadline) {
    std::vector<docker::Endpoint> ways;
    for (const docker::Way way : {docker::Way::address, docker::Way::tcp}) {
        if (way == taken.way || (way == docker::Way::address && !access.address.container) ||
            (way == docker::Way::tcp && !access.address.host))
            continue;
        docker::ServiceAddress address = access.address;
        address.method = way;
        if (auto found = find_way(address, deadline)) ways.push_back(std::move(*found));
    }
    return ways;
}

/// The server says these only after it has accepted the password (InitPostgres in PostgreSQL's postinit.c).
bool after_authentication(const postgres::Error& error) {
    return error.kind == postgres::ErrorKind::database_missing ||
           error.kind == postgres::ErrorKind::not_permitted;
}

}  // namespace

Session::Session(const Access& access, docker::Endpoint endpoint, postgres::Connection admin,
                 Deadline deadline)
    : access_(&access), endpoint_(std::move(endpoint)), admin_(std::move(admin)), deadline_(deadline) {}

std::expected<Session, Session::Unreachable> Session::open(const Access& access, bool lock,
                                                           Deadline deadline) {
    if (access.password_follows)
        return std::unexpected(Unreachable{{.what = "cannot log in",
                                            .why = "the file with the password is not there yet",
                                            .hint = {},
                                            .kind = "password_file",
                                            .facts = {}},
                                           true});
    const Deadline connecting = deadline.within(connect_timeout);
    auto endpoint = find_way(access.address, connecting);
    if (!endpoint)
        return std::unexpected(Unreachable{to_failure(endpoint.error(), "cannot reach PostgreSQL"),
                                           endpoint.error().not_there_yet()});
    auto admin = postgres::Connection::open(login_to(access, *endpoint, access.database), connecting);
    if (!admin)
        return std::unexpected(Unreachable{connect_failure(admin.error(), access, *endpoint, access.database),
                                           may_come_later(admin.error().kind)});
    Session session(access, std::move(*endpoint), std::move(*admin), deadline);
    if (!lock) return session;

    if (access.database != lock_database) {
        auto other =
            postgres::Connection::open(login_to(access, session.endpoint_, lock_database), connecting);
        // Where that database is closed to us, runs with the same login_db still wait for each other.
        if (other) session.lock_ = std::move(*other);
    }
    postgres::Connection& holder = session.lock_ ? *session.lock_ : session.admin_;
    if (auto taken = holder.query(take_lock, {}, deadline); !taken) {
        Failure failure = to_failure(taken.error(), "cannot lock the databases for this run");
        if (taken.error().kind == postgres::ErrorKind::timeout) {
            failure.why = "another run holds the lock";
            failure.hint = "Wait until it is over and run again";
            failure.kind = "locked";
        }
        return std::unexpected(Unreachable{std::move(failure), false});
    }
    return session;
}

postgres::Connection& Session::inside(const Identifier& database) {
    if (database.string() == access_->database) return admin_;
    if (!inside_) {
        auto made = postgres::Connection::open(login_to(*access_, endpoint_, database.string()),
                                               deadline_.within(connect_timeout));
        if (!made) throw connect_failure(made.error(), *access_, endpoint_, database.string());
        inside_ = std::move(*made);
    }
    return *inside_;
}

Proof Session::prove(const Identifier& role, const Secret& password, const std::string& database,
                     bool as_lago, std::string& why) const {
    const Deadline connecting = deadline_.within(connect_timeout);
    std::vector<docker::Endpoint> ways = other_ways(*access_, endpoint_, connecting);
    ways.insert(ways.begin(), endpoint_);
    for (const docker::Endpoint& way : ways) {
        postgres::Login login = login_to(*access_, way, database);
        login.user = role.string();
        login.password = password;
        login.require_auth = as_lago ? as_lago_logs_in : any_proof;
        std::erase_if(login.more, [](const auto& parameter) { return parameter.first == "require_auth"; });
        login.tls.cert.clear();  // a certificate of the one who logs in would be another proof
        login.tls.key.clear();
        const auto made = postgres::Connection::open(login, connecting);
        if (made || (!as_lago && after_authentication(made.error()))) return Proof::works;
        why = made.error().message;
        if (made.error().kind == postgres::ErrorKind::wrong_password) return Proof::wrong_password;
    }
    return Proof::unproven;
}

Dict Session::connection() const {
    Dict connection = described(*access_, endpoint_);
    connection.set("tls", admin_.encrypted());
    return connection;
}

std::vector<std::string> Session::take_warnings() {
    std::vector<std::string> warnings = admin_.take_warnings();
    if (inside_) std::ranges::move(inside_->take_warnings(), std::back_inserter(warnings));
    return warnings;
}

}  // namespace lago::database
