// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/pull.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace lago;
using namespace lago::docker;

namespace {

const ImageName api = ImageName::parse("r.example.com/getlago/api:v1").value();

std::string error_in(const std::string& stream, std::size_t piece = 1) {
    PullProgress progress;
    for (std::size_t at = 0; at < stream.size(); at += piece)
        if (!progress.add(std::string_view(stream).substr(at, piece))) return "garbage";
    return progress.finish() ? progress.error() : "garbage";
}

}  // namespace

TEST_CASE("progress without an error", "[docker][pull]") {
    const std::string stream =
        "{\"status\":\"Pulling from getlago/api\",\"id\":\"v1\"}\r\n"
        "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":1,\"total\":2}}\r\n\r\n"
        "{\"status\":\"Status: Downloaded newer image\"}";
    for (const std::size_t piece : {1U, 7U, 1000U}) CHECK(error_in(stream, piece).empty());
    CHECK(error_in("").empty());
}

TEST_CASE("an error in the middle is the answer", "[docker][pull]") {
    CHECK(
        error_in(
            "{\"status\":\"Pulling\"}\n{\"errorDetail\":{\"message\":\"x\"},\"error\":\"manifest unknown\"}\n"
            "{\"error\":\"another\"}\n{\"status\":\"more\"}\n") == "manifest unknown");
    CHECK(error_in("{\"error\":\"at the end\"}") == "at the end");
    CHECK(error_in("{\"error\":null}\n") == "no reason was given");
}

TEST_CASE("what is no progress", "[docker][pull]") {
    for (const std::string& odd :
         {std::string("garbage\n"), std::string("[]\n"), std::string("{\"a\":"), std::string("{}\n\0\n", 5),
          std::string("{\"status\":\"\xff\"}\n"), std::string(2U << 20U, 'x')})
        CHECK(error_in(odd, 4096) == "garbage");
}

TEST_CASE("a long line still fits", "[docker][pull]") {
    CHECK(error_in("{\"status\":\"" + std::string(1000000, 'x') + "\"}\n", 4096).empty());
}

// The words of Docker 20.10 to 28 and of registries, as they say them.
TEST_CASE("what a registry's words mean, and whether a retry can help", "[docker][pull]") {
    struct Row {
        const char* words;
        const char* kind;
        bool passing;
    };
    for (const auto& [words, kind, passing] : {
             Row{"manifest for getlago/api:v9 not found: manifest unknown: manifest unknown",
                 "image_not_found", false},
             Row{"failed to resolve reference \"docker.io/getlago/api:v9\": docker.io/getlago/api:v9: not "
                 "found",
                 "image_not_found", false},
             Row{"pull access denied for x/y, repository does not exist or may require 'docker login': "
                 "denied: "
                 "requested access to the resource is denied",
                 "image_denied", false},
             Row{"name unknown: repository name not known to registry", "image_denied", false},
             Row{"unauthorized: authentication required", "unauthorized", false},
             Row{"Get \"https://r/v2/\": unauthorized: incorrect username or password", "unauthorized",
                 false},
             Row{"Head \"https://r/v2/a/manifests/1\": no basic auth credentials", "unauthorized", false},
             Row{"toomanyrequests: You have reached your pull rate limit. You may increase the limit by "
                 "authenticating and upgrading",
                 "rate_limit", false},
             Row{"toomanyrequests: too many requests, slow down", "rate_limit", true},
             Row{"received unexpected HTTP status: 503 Service Unavailable", "registry_error", true},
             Row{"dial tcp 10.0.0.1:443: connect: no route to host", "unreachable", true},
             Row{"Get \"https://r/v2/\": dial tcp 127.0.0.1:443: connect: connection refused", "unreachable",
                 true},
             Row{"Get \"https://r/v2/\": net/http: TLS handshake timeout", "unreachable", true},
             Row{"Get \"https://r/v2/\": context deadline exceeded (Client.Timeout exceeded while awaiting "
                 "headers)",
                 "unreachable", true},
             Row{"unexpected EOF", "unreachable", true},
             Row{"Get \"https://r/v2/\": dial tcp: lookup r on 127.0.0.53:53: no such host", "name_not_found",
                 false},
             Row{"lookup r on 127.0.0.53:53: server misbehaving", "name_not_found", true},
             Row{"Get \"https://r/v2/\": x509: certificate signed by unknown authority", "certificate",
                 false},
             Row{"Get \"https://r/v2/\": http: server gave HTTP response to HTTPS client", "plain_http",
                 false},
             Row{"no matching manifest for linux/amd64 in the manifest list entries", "wrong_platform",
                 false},
             Row{"image with reference x was found but does not match the specified platform: wanted "
                 "linux/amd64, "
                 "actual: linux/arm64",
                 "wrong_platform", false},
             Row{"write /var/lib/docker/tmp/x: no space left on device", "no_space", false},
             Row{"error getting credentials - err: exec: \"docker-credential-x\": executable file not found "
                 "in $PATH",
                 "credential_helper", false},
             Row{"open /var/lib/docker/tmp/x: permission denied", "pull_failed", false},
             Row{"Get \"https://r/v2/\": EOF", "unreachable", true},
             Row{"something new", "pull_failed", false},
         }) {
        INFO(words);
        const PullError error = explain(words, api);
        CHECK(error.kind == kind);
        CHECK(error.passing == passing);
        CHECK(error.why.find(words) != std::string::npos);
        CHECK_FALSE(error.hint.empty());
        CHECK(error.hint.back() != '.');
    }
}

TEST_CASE("a hint names the registry, and words are cut at a readable length", "[docker][pull]") {
    CHECK(explain("x509: unknown", api).hint.find("certs.d/r.example.com/") != std::string::npos);
    CHECK(explain(std::string(1U << 20U, 'x'), api).why.size() < 1000);
    CHECK(explain("x509: " + std::string(1U << 20U, 'x'), api).why.size() < 1000);
}
