// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch_test_macros.hpp>

#include "core/failure.hpp"
#include "lago_docker/values.hpp"

namespace lago::docker {

namespace {

using namespace tests;
using Kind = Step::Kind;
using Steps = std::vector<Step>;
using Texts = std::vector<std::string>;

const std::string by_digest = "getlago/api@sha256:" + std::string(64, 'a');

Failure failure_of(const Desired& desired, const Observed& before) {
    try {
        make_plan(desired, before);
    } catch (const Failure& failure) {
        return failure;
    }
    FAIL("no failure");
    return {};
}

WantedNetwork lago_network(bool present = true) {
    return {.name = "mash-lago", .present = present};
}

}  // namespace

TEST_CASE("a network that is not there is made, or stays away", "[lago_docker][plan]") {
    const Plan plan = make_plan(wanting(lago_network()), seeing(std::vector<Network>{}));
    CHECK(plan.steps == Steps{{.kind = Kind::create}});
    CHECK(plan.after.networks[0].found == std::vector{network("")});
    CHECK(plan.changed());
    CHECK(make_plan(wanting(lago_network(false)), seeing(std::vector<Network>{})).steps.empty());
}

TEST_CASE("a network that is there as asked", "[lago_docker][plan]") {
    const Plan plan = make_plan(wanting(lago_network()), seeing(std::vector{network()}));
    CHECK_FALSE(plan.changed());
    CHECK(plan.warnings.empty());
    CHECK(plan.after == seeing(std::vector{network()}));
}

TEST_CASE("a network that is there otherwise is reported and kept", "[lago_docker][plan]") {
    WantedNetwork wanted = lago_network();
    wanted.options = {{"mtu", "1450"}};
    const Plan plan = make_plan(wanting(wanted), seeing(std::vector{network()}));
    CHECK(plan.steps.empty());
    CHECK(plan.differences[0] == Texts{"driver option mtu is not set, should be 1450"});
    REQUIRE(plan.warnings.size() == 1);
    CHECK(plan.warnings[0].find("mash-lago") != std::string::npos);
    CHECK(plan.warnings[0].find("docker network rm mash-lago") != std::string::npos);
}

TEST_CASE("each setting that the task names is compared, and no other", "[lago_docker][plan]") {
    Network found = network();
    found.options = {{"mtu", "1500"}, {"another", "x"}};
    found.labels = {{"a", "b"}, {"another", "x"}};
    found.ipv6 = true;
    WantedNetwork wanted = lago_network();
    CHECK(differences(wanted, found).empty());
    wanted.ipv6 = true;
    wanted.internal = false;
    wanted.options = {{"mtu", "1500"}};
    wanted.labels = {{"a", "b"}};
    CHECK(differences(wanted, found).empty());
    wanted.driver = "overlay";
    wanted.ipv6 = false;
    wanted.internal = true;
    wanted.options = {{"mtu", "1450"}};
    wanted.labels = {{"a", "c"}, {"d", "e"}};
    CHECK(differences(wanted, found) ==
          Texts{"driver is bridge, should be overlay", "driver option mtu is 1500, should be 1450",
                "enable_ipv6 is on, should be off", "internal is off, should be on",
                "label a is b, should be c", "label d is not set, should be e"});
}

TEST_CASE("several networks of one name are reported, or removed all", "[lago_docker][plan]") {
    const Observed two = seeing(std::vector{network("n1"), network("n2")});
    const Plan kept = make_plan(wanting(lago_network()), two);
    CHECK(kept.steps.empty());
    CHECK(kept.differences[0] == Texts{"there are 2 networks of this name"});
    CHECK(kept.warnings.size() == 1);
    const Plan removed = make_plan(wanting(lago_network(false)), two);
    CHECK(removed.steps == Steps{{.kind = Kind::remove, .ids = {"n1", "n2"}}});
    CHECK(removed.after.networks[0].found.empty());
}

TEST_CASE("a network that containers run in is not removed", "[lago_docker][plan]") {
    const Observed used = seeing(std::vector{network()}, Texts{"mash-lago-api", "mash-lago-front"});
    const Failure failure = failure_of(wanting(lago_network(false)), used);
    CHECK(failure.kind == "network_in_use");
    CHECK(failure.why.find("mash-lago-api, mash-lago-front") != std::string::npos);
    const Plan check = make_plan(wanting(lago_network(false), true), used);
    CHECK(check.changed());
    CHECK(check.warnings.size() == 1);
}

TEST_CASE("an image that is not there", "[lago_docker][plan]") {
    const Observed none = seeing(std::optional<Image>());
    for (const Policy pull : {Policy::missing, Policy::always}) {
        const Plan plan = make_plan(wanting(pull), none);
        CHECK(plan.steps == Steps{{.kind = Kind::pull}});
        CHECK(plan.changed());
    }
    CHECK(failure_of(wanting(Policy::never), none).kind == "image_missing");
    const Plan check = make_plan(wanting(Policy::never, by_digest, true), none);
    CHECK_FALSE(check.changed());
    CHECK(check.warnings.size() == 1);
}

TEST_CASE("an image that is there", "[lago_docker][plan]") {
    CHECK(make_plan(wanting(Policy::missing), seeing(image())).steps.empty());
    CHECK(make_plan(wanting(Policy::never), seeing(image())).steps.empty());
    const Plan always = make_plan(wanting(Policy::always), seeing(image()));
    CHECK(always.steps == Steps{{.kind = Kind::refresh, .ids = {"sha256:old"}}});
    CHECK_FALSE(always.changed());
    CHECK(make_plan(wanting(Policy::always, by_digest), seeing(image())).steps.empty());
}

TEST_CASE("in check mode the registry's digest says whether another image would come",
          "[lago_docker][plan]") {
    const Desired always = wanting(Policy::always, "getlago/api:v1.31.0", true);
    CHECK(make_plan(always, seeing(image(), "sha256:there")).steps.empty());
    CHECK(make_plan(always, seeing(image(), "sha256:newer")).changed());
    // The digest of another repository is another image.
    CHECK(make_plan(always, seeing(image(), "sha256:other")).changed());
    Observed unknown = seeing(image());
    unknown.images[0].why_no_remote = "the credential helper pass keeps the login";
    const Plan plan = make_plan(always, unknown);
    CHECK(plan.changed());
    REQUIRE(plan.warnings.size() == 1);
    CHECK(plan.warnings[0].find("credential helper pass") != std::string::npos);
}

TEST_CASE("an image for another platform is pulled for the right one, or reported", "[lago_docker][plan]") {
    const Observed other = seeing(image("sha256:old", "arm64"));
    for (const Policy pull : {Policy::missing, Policy::always})
        CHECK(make_plan(wanting(pull), other).steps ==
              Steps{{.kind = Kind::pull, .platform = "linux/amd64", .ids = {"sha256:old"}}});
    const Plan never = make_plan(wanting(Policy::never), other);
    CHECK(never.steps.empty());
    CHECK(never.warnings.size() == 1);

    Desired emulated = wanting(Policy::missing);
    emulated.images[0].platform = "linux/arm64";
    CHECK(make_plan(emulated, other).steps.empty());
    CHECK(make_plan(emulated, seeing(image())).steps ==
          Steps{{.kind = Kind::pull, .platform = "linux/arm64", .ids = {"sha256:old"}}});
}

TEST_CASE("which images a platform runs", "[lago_docker][plan]") {
    CHECK(runs_on(image(), "linux/amd64"));
    CHECK(runs_on(image("x", "386"), "linux/amd64"));
    CHECK(runs_on(image("x", "arm"), "linux/arm64/v8"));
    CHECK(runs_on(image("x", "arm64"), "linux/arm64/v8"));
    CHECK_FALSE(runs_on(image("x", "arm64"), "linux/amd64"));
    CHECK_FALSE(runs_on(image("x", "arm64"), "linux/arm"));
    CHECK_FALSE(runs_on(image(), "windows/amd64"));
    CHECK(runs_on(Image{.id = "x"}, "linux/amd64"));  // an image may say nothing
}

TEST_CASE("without an Engine, in check mode, nothing is there", "[lago_docker][plan]") {
    Desired desired = wanting(lago_network(), true);
    desired.images = wanting(Policy::always).images;
    desired.networks.push_back({.name = "old", .present = false});
    Observed nothing{.why_no_engine = "no Docker Engine listens", .networks = {{}, {}}, .images = {{}}};
    const Plan plan = make_plan(desired, nothing);
    CHECK(plan.steps == Steps{{.kind = Kind::pull}, {.kind = Kind::create}});
    CHECK(plan.warnings == Texts{"no Docker Engine listens"});
}

TEST_CASE("images come first, and what is removed last", "[lago_docker][plan]") {
    Desired desired = wanting(lago_network(false));
    desired.networks.push_back({.name = "new"});
    desired.images = wanting(Policy::missing).images;
    Observed before = seeing(std::vector{network()});
    before.networks.emplace_back();
    before.images.emplace_back();
    CHECK(make_plan(desired, before).steps == Steps{{.kind = Kind::pull},
                                                    {.kind = Kind::create, .at = 1},
                                                    {.kind = Kind::remove, .at = 0, .ids = {"n1"}}});
}

}  // namespace lago::docker
