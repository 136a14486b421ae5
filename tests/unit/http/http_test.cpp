// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/http.hpp"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "http/server.hpp"
#include "http/socket.hpp"

namespace lago::http {

namespace {

using namespace std::chrono_literals;
using tests::answering;
using tests::Server;

Deadline soon() {
    return Deadline::after(5s);
}

Endpoint at(const Server& server) {
    return {.host = "127.0.0.1", .port = server.port()};
}

std::string answer(const std::string& body, const std::string& headers = "") {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" +
           body;
}

ErrorKind failure_of(const Server& server, Deadline deadline = soon(), std::size_t limit = usual_limit) {
    const auto response = send(at(server), {}, deadline, limit);
    REQUIRE_FALSE(response.has_value());
    return response.error().kind;
}

// What the server got: it sends the request back as the body.
void echo(int fd) {
    tests::write_all(fd, answer(tests::read_request(fd)));
}

}  // namespace

TEST_CASE("status, headers and body of an answer", "[http]") {
    const Server server(
        answering("HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nX-Two: b\r\n"
                  "Content-Length: 4\r\n\r\nnone"));
    const auto response = send(at(server), {}, soon());
    REQUIRE(response.has_value());
    CHECK(response->status == 404);
    CHECK(response->body == "none");
    CHECK(response->header("x-TWO") == "b");
    CHECK_FALSE(response->header("x-three").has_value());
}

TEST_CASE("a request carries its method, target, host, headers and body", "[http]") {
    const Server server(echo);
    const auto response =
        send(at(server),
             {.method = "POST",
              .target = "/a%20b?c=d%2Fe",
              .headers = {{"X-One", "1"}},
              .secret_headers = {{"Authorization", Secret(std::string("Bearer planted-secret"))}},
              .body = "{\"x\": 1}"},
             soon());
    REQUIRE(response.has_value());
    const std::string& request = response->body;
    CHECK(request.starts_with("POST /a%20b?c=d%2Fe HTTP/1.1\r\n"));
    CHECK(request.find("\r\nHost: 127.0.0.1:" + std::to_string(server.port()) + "\r\n") != std::string::npos);
    CHECK(request.find("\r\nX-One: 1\r\n") != std::string::npos);
    CHECK(request.find("\r\nAuthorization: Bearer planted-secret\r\n") != std::string::npos);
    CHECK(request.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
    CHECK(request.find("\r\nConnection: close\r\n") != std::string::npos);
    CHECK(request.ends_with("\r\n\r\n{\"x\": 1}"));
}

TEST_CASE("a server on a unix socket", "[http]") {
    const Server server = Server::on_socket(answering(answer("over a socket")));
    const Endpoint endpoint{.host = "docker", .unix_socket = server.socket()};
    const auto response = send(endpoint, {.target = "/version"}, soon());
    REQUIRE(response.has_value());
    CHECK(response->body == "over a socket");

    const auto missing = send({.host = "docker", .unix_socket = server.folder() + "/none"}, {}, soon());
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().kind == ErrorKind::no_socket);
    CHECK(missing.error().message.find("/none") != std::string::npos);

    const auto folder = send({.host = "docker", .unix_socket = server.folder()}, {}, soon());
    REQUIRE_FALSE(folder.has_value());
    CHECK(folder.error().kind == ErrorKind::refused);

    const auto too_long = send({.host = "docker", .unix_socket = "/" + std::string(200, 'x')}, {}, soon());
    REQUIRE_FALSE(too_long.has_value());
    CHECK(too_long.error().kind == ErrorKind::bad_request);
}

TEST_CASE("a unix socket with many callers in its queue is waited for", "[http]") {
    const Server server = Server::on_socket(answering(answer("at last")));
    const Endpoint endpoint{.host = "docker", .unix_socket = server.socket()};
    std::vector<system::Fd> callers;  // who say nothing: the server reads from the first
    auto one_more = connect_to(endpoint, Deadline::after(50ms));
    for (; one_more && callers.size() < 1000; one_more = connect_to(endpoint, Deadline::after(50ms)))
        callers.push_back(std::move(*one_more));
    REQUIRE_FALSE(one_more.has_value());
    CHECK(one_more.error().kind == ErrorKind::timed_out);

    callers.clear();
    const auto response = send(endpoint, {}, soon());
    REQUIRE(response.has_value());
    CHECK(response->body == "at last");
}

TEST_CASE("an answer in chunks, and one that ends with the connection", "[http]") {
    const Server chunked(
        answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"));
    CHECK(send(at(chunked), {}, soon())->body == "hello world");
    const Server until_closed(answering("HTTP/1.0 200 OK\r\n\r\nall of it"));
    CHECK(send(at(until_closed), {}, soon())->body == "all of it");
}

TEST_CASE("a redirect is an answer and is not followed", "[http]") {
    const Server server(
        answering("HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/\r\n"
                  "Content-Length: 0\r\n\r\n"));
    const auto response = send(at(server), {}, soon());
    REQUIRE(response.has_value());
    CHECK(response->status == 301);
    CHECK(response->header("location") == "https://elsewhere.example/");
}

TEST_CASE("nobody listens", "[http]") {
    std::uint16_t port = 0;
    {
        const Server gone(echo);
        port = gone.port();
    }
    const auto response = send({.host = "127.0.0.1", .port = port}, {}, soon());
    REQUIRE_FALSE(response.has_value());
    CHECK(response.error().kind == ErrorKind::refused);
    CHECK(response.error().message.find("127.0.0.1:" + std::to_string(port)) != std::string::npos);
}

TEST_CASE("the next address is tried when one does not answer", "[http]") {
    const Server server(answering(answer("second")));
    Endpoint endpoint = at(server);
    endpoint.host = "lago.example.com";
    endpoint.addresses = {"127.0.0.2", "127.0.0.1"};  // the server listens on the second one only
    CHECK(send(endpoint, {}, soon())->body == "second");

    endpoint.addresses.clear();
    const auto response = send(endpoint, {}, soon());
    REQUIRE_FALSE(response.has_value());
    CHECK(response.error().kind == ErrorKind::no_address);
}

TEST_CASE("one deadline holds for the whole exchange", "[http]") {
    const auto behaviour = GENERATE(0, 1, 2, 3);
    CAPTURE(behaviour);
    const Server server([behaviour](int fd) {
        const auto drip = [fd](std::string_view bytes) {
            for (const char byte : bytes) {
                tests::write_all(fd, {&byte, 1});
                ::usleep(50'000);
            }
        };
        if (behaviour == 0) ::sleep(10);
        tests::read_request(fd);
        if (behaviour == 1) ::sleep(10);
        if (behaviour == 2) drip("HTTP/1.1 200 OK\r\nX-Slow: " + std::string(200, 'x'));
        if (behaviour == 3) {
            tests::write_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            drip(std::string(200, 'x'));
        }
    });
    const auto start = std::chrono::steady_clock::now();
    CHECK(failure_of(server, Deadline::after(400ms)) == ErrorKind::timed_out);
    CHECK(std::chrono::steady_clock::now() - start < 3s);
}

TEST_CASE("an answer that is too large is not read to its end", "[http]") {
    const Server announced(answering("HTTP/1.1 200 OK\r\nContent-Length: 314572800\r\n\r\n"));
    CHECK(failure_of(announced) == ErrorKind::too_large);
    const auto endless = [](const char* head) {
        return Server::Serve([head](int fd) {
            tests::read_request(fd);
            tests::write_all(fd, head);
            const std::string block = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
            for (int count = 0; count < 4800; ++count) tests::write_all(fd, block);
        });
    };
    const Server chunked(endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
    CHECK(failure_of(chunked) == ErrorKind::too_large);
    const Server until_closed(endless("HTTP/1.1 200 OK\r\n\r\n"));
    CHECK(failure_of(until_closed) == ErrorKind::too_large);
    const Server headers(Server::Serve([](int fd) {
        tests::read_request(fd);
        tests::write_all(fd, "HTTP/1.1 200 OK\r\n");
        for (int count = 0; count < 1'000'000; ++count) tests::write_all(fd, "X-More: and more\r\n");
    }));
    CHECK(failure_of(headers) == ErrorKind::too_large);
}

TEST_CASE("the limit itself still fits", "[http]") {
    const Server server(answering(answer(std::string(1000, 'x'))));
    CHECK(send(at(server), {}, soon(), 1000)->body.size() == 1000);
    CHECK(failure_of(server, soon(), 999) == ErrorKind::too_large);
}

TEST_CASE("a streamed answer may have any length, and is dropped when no more is wanted", "[http]") {
    constexpr std::size_t pieces = 200;
    const std::string piece = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    const Server server([&](int fd) {
        tests::read_request(fd);
        tests::write_all(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (std::size_t count = 0; count < pieces; ++count) tests::write_all(fd, piece);
        tests::write_all(fd, "0\r\n\r\n");
    });
    std::size_t total = 0;
    const auto all = [&](std::string_view bytes) {
        total += bytes.size();
        return true;
    };
    const auto response = stream(at(server), {}, all, soon());
    REQUIRE(response.has_value());
    CHECK(response->body.empty());
    CHECK(total == pieces * 0x10000);
    CHECK(total > usual_limit);

    const auto stopped = stream(at(server), {}, [](std::string_view) { return false; }, soon());
    REQUIRE_FALSE(stopped.has_value());
    CHECK(stopped.error().kind == ErrorKind::stopped);
}

TEST_CASE("an error is not streamed: its body is in the answer", "[http]") {
    const Server server(answering("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nwhy?"));
    std::string seen;
    const auto keep = [&](std::string_view bytes) {
        seen += bytes;
        return true;
    };
    const auto response = stream(at(server), {}, keep, soon());
    REQUIRE(response.has_value());
    CHECK(response->status == 500);
    CHECK(response->body == "why?");
    CHECK(seen.empty());
}

TEST_CASE("a stream that ends too early, or never, is an error", "[http]") {
    const auto kind_of = [](const Server& server, Deadline deadline) {
        return stream(at(server), {}, [](std::string_view) { return true; }, deadline).error().kind;
    };
    const Server cut(answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"));
    CHECK(kind_of(cut, soon()) == ErrorKind::closed);
    const Server endless([](int fd) {
        tests::read_request(fd);
        tests::write_all(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int count = 0; count < 1000; ++count) {
            tests::write_all(fd, "2\r\n{}\r\n");
            ::usleep(10'000);
        }
    });
    CHECK(kind_of(endless, Deadline::after(200ms)) == ErrorKind::timed_out);
}

TEST_CASE("what is not HTTP is told from what ends too early", "[http]") {
    const auto kind_after = [](std::string bytes) { return failure_of(Server(answering(std::move(bytes)))); };
    CHECK(kind_after("") == ErrorKind::closed);
    CHECK(kind_after("HTTP/1.1 200 OK\r\nContent-Len") == ErrorKind::closed);
    CHECK(kind_after("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfour") == ErrorKind::closed);
    CHECK(kind_after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel") == ErrorKind::closed);
    CHECK(kind_after("-ERR wrong protocol\r\n") == ErrorKind::garbage);
    CHECK(kind_after("SSH-2.0-OpenSSH_9.2\r\n") == ErrorKind::garbage);
    CHECK(kind_after("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n") == ErrorKind::garbage);
    CHECK(kind_after("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n") == ErrorKind::garbage);
    CHECK(kind_after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n") == ErrorKind::garbage);
    CHECK(kind_after("HTTP/1.1 200 " + std::string(1'000'000, 'a')) == ErrorKind::garbage);
    CHECK(kind_after("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 " + std::string(200'000, 'a') + "\r\n\r\n") ==
          ErrorKind::garbage);
    CHECK(kind_after(std::string(3, '\0')) == ErrorKind::garbage);
    CHECK(kind_after("HTTP/1.1 020 OK\r\nContent-Length: 0\r\n\r\n") == ErrorKind::garbage);
    CHECK(kind_after("HTTP/2 200\r\n\r\n") == ErrorKind::garbage);
    CHECK(kind_after("HTT") == ErrorKind::closed);
    CHECK(kind_after(std::string(5000, '\0')) == ErrorKind::garbage);
}

TEST_CASE("a line break cannot be smuggled into a request", "[http]") {
    const Server server(echo);
    const auto kind_of = [&](const Request& request) {
        const auto response = send(at(server), request, soon());
        REQUIRE_FALSE(response.has_value());
        return response.error().kind;
    };
    CHECK(kind_of({.target = "/\r\nX-Evil: 1"}) == ErrorKind::bad_request);
    CHECK(kind_of({.target = "/a b"}) == ErrorKind::bad_request);
    CHECK(kind_of({.target = "no-slash"}) == ErrorKind::bad_request);
    CHECK(kind_of({.method = "GET /x"}) == ErrorKind::bad_request);
    CHECK(kind_of({.headers = {{"X-One", "1\r\nX-Evil: 1"}}}) == ErrorKind::bad_request);
    CHECK(kind_of({.headers = {{"X One", "1"}}}) == ErrorKind::bad_request);
    CHECK(kind_of({.secret_headers = {{"X", Secret(std::string("a\nb-planted"))}}}) ==
          ErrorKind::bad_request);
    Endpoint endpoint = at(server);
    endpoint.addresses = {"127.0.0.1"};
    endpoint.host = "a\r\nX-Evil: 1";
    CHECK(send(endpoint, {}, soon()).error().kind == ErrorKind::bad_request);
}

TEST_CASE("names of endpoints in messages", "[http]") {
    CHECK(Endpoint{.host = "lago.example.com", .port = 443}.name() == "lago.example.com:443");
    CHECK(Endpoint{.host = "::1", .port = 80}.name() == "[::1]:80");
    CHECK(Endpoint{.host = "x", .unix_socket = "/run/a.sock"}.name() == "the socket /run/a.sock");
}

}  // namespace lago::http
