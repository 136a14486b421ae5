// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/error.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace lago;
using namespace lago::redis;

TEST_CASE("the server's errors are told apart by their words", "[redis][error]") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"NOAUTH Authentication required.", "no_auth"},
        {"WRONGPASS invalid username-password pair or user is disabled.", "wrong_password"},
        {"ERR invalid password", "wrong_password"},
        {"ERR AUTH <password> called without any password configured for the default user. Are you sure?",
         "no_password_set"},
        {"ERR Client sent AUTH, but no password is set", "no_password_set"},
        {"NOPERM this user has no permissions to run the 'info' command", "no_permission"},
        {"NOPERM User lago has no permissions to run the 'eval' command", "no_permission"},
        {"LOADING Redis is loading the dataset in memory", "loading"},
        {"DENIED Redis is running in protected mode because protected mode is enabled", "protected_mode"},
        {"READONLY You can't write against a read only replica.", "read_only"},
        {"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", "master_down"},
        {"MOVED 3999 127.0.0.1:6381", "cluster"},
        {"CLUSTERDOWN Hash slot not served", "cluster"},
        {"ERR SELECT is not allowed in cluster mode", "cluster"},
        {"BUSY Redis is busy running a script.", "busy"},
        {"BUSYGROUP Consumer Group name already exists", "server_error"},
        {"ERR max number of clients reached", "too_many_clients"},
        {"ERR unknown command 'EVAL', with args beginning with: 'return 1' '0' ", "unknown_command"},
        {"ERR unknown command `EVAL`, with args beginning with: ", "unknown_command"},
        {"ERR DB index is out of range", "no_database"},
        {"ERR something else", "server_error"},
        {"", "server_error"},
    };
    for (const auto& [reply, kind] : cases) {
        INFO(reply);
        const Error error = read_server_error(reply);
        CHECK(word(error.kind) == kind);
        CHECK(error.message == reply);
    }
}

TEST_CASE("each kind has its own word and says what to do", "[redis][error]") {
    std::set<std::string_view> words;
    for (int kind = 0; kind <= static_cast<int>(ErrorKind::server); ++kind) {
        CHECK(words.insert(word(static_cast<ErrorKind>(kind))).second);
        const std::string_view to_do = hint(static_cast<ErrorKind>(kind));
        REQUIRE_FALSE(to_do.empty());
        CHECK((to_do.front() >= 'A' && to_do.front() <= 'Z'));  // it follows a full stop
    }
}

TEST_CASE("only what passes by itself is tried again", "[redis][error]") {
    CHECK(Error{ErrorKind::loading, ""}.is_passing());
    CHECK(Error{ErrorKind::refused, ""}.is_passing());
    for (const ErrorKind kind : {ErrorKind::wrong_password, ErrorKind::no_auth, ErrorKind::certificate,
                                 ErrorKind::host_name, ErrorKind::no_permission, ErrorKind::garbage})
        CHECK_FALSE(Error{kind, ""}.is_passing());
    CHECK(Error{ErrorKind::refused, ""}.not_there_yet());
    CHECK_FALSE(Error{ErrorKind::loading, ""}.not_there_yet());
}

TEST_CASE("errors of connecting keep their kind", "[redis][error]") {
    CHECK(from(http::Error{http::ErrorKind::host_name, "x"}).kind == ErrorKind::host_name);
    CHECK(from(http::Error{http::ErrorKind::refused, "x"}).kind == ErrorKind::refused);
    CHECK(from(http::Error{http::ErrorKind::client_certificate, "x"}).kind == ErrorKind::client_certificate);
    CHECK(from(http::Error{http::ErrorKind::timed_out, "x"}).message == "x");
}
