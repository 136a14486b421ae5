// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/engine.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "core/failure.hpp"
#include "core/secret.hpp"

using namespace lago;
using namespace lago::docker;

namespace {

// What the Engine answers for a container, in the shape of its API (ContainerInspect), shortened.
Value inspected(bool running, std::int64_t pid) {
    return Dict{
        {"Id", "8dfafdbc3a40"},
        {"Name", "/mash-redis"},
        {"Image", "sha256:1f4c"},
        {"State", Dict{{"Status", "running"},
                       {"Running", running},
                       {"Pid", pid},
                       {"StartedAt", "2026-01-31T12:00:00.5Z"},
                       {"Health", Dict{{"Status", "unhealthy"}, {"FailingStreak", 3}}}}},
        {"Config", Dict{{"Image", "getlago/api:v1.31.0"},
                        {"Labels", Dict{{"a.label", "x"}}},
                        {"Env", List{"PATH=/bin", "TOKEN=engine=t0p", "EMPTY=", "no equals sign", 7}}}},
        {"NetworkSettings",
         Dict{{"Ports",
               Dict{{"80/tcp", List{Dict{{"HostIp", "0.0.0.0"}, {"HostPort", "8088"}},
                                    Dict{{"HostIp", "::"}, {"HostPort", "8089"}}, Dict{{"HostPort", "x"}}}},
                    {"443/tcp", Value()}}},
              {"Networks", Dict{{"mash-redis", Dict{{"IPAddress", "172.18.0.2"}, {"GlobalIPv6Address", ""}}},
                                {"six", Dict{{"IPAddress", ""}, {"GlobalIPv6Address", "fd00::2"}}},
                                {"none", Dict{{"IPAddress", ""}}}}}}},
    };
}

Failure failure_of(const std::string& docker_host, const std::string& container) {
    try {
        std::ignore = Engine(docker_host).container(container, Deadline::after(std::chrono::seconds(1)));
    } catch (const Failure& failure) {
        return failure;
    }
    return {};
}

}  // namespace

TEST_CASE("a running container", "[docker][engine]") {
    const auto container = parse_container(inspected(true, 4711));
    REQUIRE(container);
    CHECK(container->name == "mash-redis");
    CHECK(container->running);
    CHECK(container->pid == 4711);
    CHECK(container->addresses ==
          std::map<std::string, std::string>{{"mash-redis", "172.18.0.2"}, {"six", "fd00::2"}});
    CHECK(container->labels == std::map<std::string, std::string>{{"a.label", "x"}});
    CHECK(container->published == std::vector<std::uint16_t>{8088, 8089});
    CHECK(container->label("a.label") == "x");
    CHECK(container->label("another").empty());
    CHECK(container->image_id == "sha256:1f4c");
    CHECK(container->image_name == "getlago/api:v1.31.0");
    CHECK(container->health == Health::unhealthy);
    CHECK(container->started_at == "2026-01-31T12:00:00.5Z");
}

TEST_CASE("a container's environment gives a value by its name, as a secret", "[docker][engine]") {
    const Environment environment = parse_container(inspected(true, 4711))->environment;
    CHECK(environment.names() == std::vector<std::string>{"EMPTY", "PATH", "TOKEN"});
    CHECK(environment.is("TOKEN", "engine=t0p"));
    CHECK_FALSE(environment.is("TOKEN", "engine"));
    CHECK_FALSE(environment.is("NONE", ""));
    CHECK_FALSE(secrets::holds_secret("engine=t0p"));
    REQUIRE(environment.secret("TOKEN"));
    CHECK(environment.secret("TOKEN")->same_as(Secret(std::string_view("engine=t0p"))));
    CHECK(secrets::holds_secret("engine=t0p"));
    CHECK_FALSE(environment.secret("NONE"));
}

TEST_CASE("a container without a health check", "[docker][engine]") {
    const Value bare = Dict{{"Id", "x"}, {"State", Dict{{"Running", false}, {"Pid", 0}}}};
    CHECK(parse_container(bare)->health == Health::none);
    CHECK(word(Health::none) == "none");
    CHECK(word(Health::starting) == "starting");
    CHECK(word(Health::healthy) == "healthy");
    CHECK(word(Health::unhealthy) == "unhealthy");
}

TEST_CASE("an image", "[docker][engine]") {
    const auto image = parse_image(Dict{{"Id", "sha256:aa"},
                                        {"RepoDigests", List{"getlago/api@sha256:bb"}},
                                        {"Os", "linux"},
                                        {"Architecture", "arm64"}});
    CHECK(image == Image{.id = "sha256:aa",
                         .digests = {"getlago/api@sha256:bb"},
                         .os = "linux",
                         .architecture = "arm64"});
    CHECK_FALSE(parse_image(Dict{{"Id", nullptr}}));
    CHECK_FALSE(parse_image(List{}));
}

TEST_CASE("a stopped container has no process", "[docker][engine]") {
    const auto container = parse_container(inspected(false, 0));
    REQUIRE(container);
    CHECK_FALSE(container->running);
    CHECK(container->pid == 0);
    CHECK_FALSE(parse_container(inspected(true, 0))->running);
}

TEST_CASE("what is not the Engine's answer is an error", "[docker][engine]") {
    for (const Value& answer : {Value(), Value("text"), Value(List{}), Value(Dict{}),
                                Value(Dict{{"Id", "x"}}), Value(Dict{{"Id", "x"}, {"State", "running"}}),
                                inspected(true, -5), inspected(true, std::int64_t{1} << 40U)}) {
        const auto container = parse_container(answer);
        REQUIRE_FALSE(container);
        CHECK(container.error().kind == ReachError::Kind::engine_error);
        CHECK_FALSE(container.error().way_is_missing());
    }
}

TEST_CASE("only a unix socket is an Engine's address", "[docker][engine]") {
    CHECK(Engine().socket() == "/var/run/docker.sock");
    CHECK(Engine("unix:///run/x.sock").socket() == "/run/x.sock");
    CHECK(Engine("/run/x.sock").socket() == "/run/x.sock");
    for (const char* odd : {"tcp://1.2.3.4:2375", "ssh://host", "unix://relative", "", "docker.sock"})
        CHECK(failure_of(odd, "x").kind == "bad_docker_host");
}

TEST_CASE("a container's name never becomes another request", "[docker][engine]") {
    for (const std::string& odd : {std::string(), std::string("../images"), std::string("a b"),
                                   std::string("a/b"), std::string("a\r\nHost: b"), std::string("a?b"),
                                   std::string("-a"), std::string("a\0b", 3), std::string(1U << 20U, 'a')})
        CHECK(failure_of("/nonexistent/docker.sock", odd).kind == "bad_container_name");
    CHECK(failure_of("/nonexistent/docker.sock", std::string(1U << 20U, 'a')).what.size() < 1000);
}

TEST_CASE("what Docker allows as a name", "[docker][engine]") {
    for (const std::string& name :
         {std::string("a"), std::string("0"), std::string("mash-redis_1.A"), std::string(255, 'a')})
        CHECK(is_name(name));
    for (const std::string& name : {std::string(), std::string("_a"), std::string(".a"), std::string("-a"),
                                    std::string("a/b"), std::string("ä"), std::string(256, 'a')})
        CHECK_FALSE(is_name(name));
}

TEST_CASE("no Engine", "[docker][engine]") {
    const auto container =
        Engine("/nonexistent/docker.sock").container("mash-redis", Deadline::after(std::chrono::seconds(1)));
    REQUIRE_FALSE(container);
    CHECK(container.error().kind == ReachError::Kind::engine_unavailable);
    CHECK(container.error().way_is_missing());
    CHECK(container.error().not_there_yet());
}
