// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch_test_macros.hpp>

#include "lago_docker/values.hpp"

namespace lago::docker {

namespace {

using namespace tests;

Result reported(const Desired& desired, const Observed& before, const Done& done = {}) {
    return report(desired, before, make_plan(desired, before), done);
}

Dict first(const Result& result, const std::string& kind) {
    const List& list = *result.returned.find(kind)->as_list();
    REQUIRE(list.size() == 1);
    return *list.front().as_dict();
}

}  // namespace

TEST_CASE("a network that is made has an ID only after the run", "[lago_docker][report]") {
    const Desired desired = wanting(WantedNetwork{.name = "mash-lago"});
    const Observed before = seeing(std::vector<Network>{});
    const Result check = reported(desired, before);
    CHECK(check.changed);
    CHECK(first(check, "networks") ==
          Dict{{"name", "mash-lago"}, {"action", "create"}, {"differences", List{}}});
    const Result run = reported(desired, before, {.networks = {{0, network("new")}}});
    CHECK(first(run, "networks") ==
          Dict{{"name", "mash-lago"}, {"action", "create"}, {"differences", List{}}, {"id", "new"}});
    REQUIRE(run.diff);
    CHECK(run.diff->parts[0].before == Value(Dict{{"networks", Dict{{"mash-lago", "absent"}}}}));
    CHECK(run.diff->parts[0].after == Value(Dict{{"networks", Dict{{"mash-lago", "present"}}}}));
}

TEST_CASE("a network that another run made just now is no change", "[lago_docker][report]") {
    WantedNetwork wanted{.name = "mash-lago"};
    wanted.internal = true;
    const Result result = reported(wanting(wanted), seeing(std::vector<Network>{}),
                                   {.networks = {{0, network("theirs")}}, .made_by_others = {0}});
    CHECK_FALSE(result.changed);
    CHECK_FALSE(result.diff);
    CHECK(first(result, "networks") == Dict{{"name", "mash-lago"},
                                            {"action", "none"},
                                            {"differences", List{"internal is off, should be on"}},
                                            {"id", "theirs"}});
    CHECK(result.warnings.size() == 1);
}

TEST_CASE("a network that is removed has no ID afterwards", "[lago_docker][report]") {
    const Result result =
        reported(wanting({.name = "mash-lago", .present = false}), seeing(std::vector{network()}));
    CHECK(result.changed);
    CHECK(first(result, "networks") ==
          Dict{{"name", "mash-lago"}, {"action", "remove"}, {"differences", List{}}});
    CHECK(result.diff->parts[0].after == Value(Dict{{"networks", Dict{{"mash-lago", "absent"}}}}));
}

TEST_CASE("an image that came", "[lago_docker][report]") {
    const Result result =
        reported(wanting(Policy::missing), seeing(std::optional<Image>()), {.images = {{0, image()}}});
    CHECK(result.changed);
    CHECK(first(result, "images") == Dict{{"name", "getlago/api:v1.31.0"},
                                          {"action", "pull"},
                                          {"id", "sha256:old"},
                                          {"digest", "sha256:there"}});
}

TEST_CASE("always: changed only where another image came", "[lago_docker][report]") {
    const Result same = reported(wanting(Policy::always), seeing(image()), {.images = {{0, image()}}});
    CHECK_FALSE(same.changed);
    CHECK(*first(same, "images").find("action") == Value("none"));
    const Result newer =
        reported(wanting(Policy::always), seeing(image()), {.images = {{0, image("sha256:new")}}});
    CHECK(newer.changed);
    CHECK(*first(newer, "images").find("action") == Value("pull"));
    CHECK(*first(newer, "images").find("before_id") == Value("sha256:old"));
    CHECK(*first(newer, "images").find("id") == Value("sha256:new"));
    CHECK(newer.diff->parts[0].before ==
          Value(Dict{{"images", Dict{{"getlago/api:v1.31.0", "sha256:old"}}}}));
}

TEST_CASE("a check and a run have the same diff", "[lago_docker][report]") {
    const Observed none = seeing(std::optional<Image>());
    const Result check = reported(wanting(Policy::missing), none);
    const Result run = reported(wanting(Policy::missing), none, {.images = {{0, image()}}});
    const Value after = Dict{{"images", Dict{{"getlago/api:v1.31.0", "pulled"}}}};
    CHECK(check.diff->parts[0].after == after);
    CHECK(run.diff->parts[0].after == after);
    CHECK(check.diff->parts[0].before == run.diff->parts[0].before);
}

TEST_CASE("a check shows the digest that would come", "[lago_docker][report]") {
    const Result result =
        reported(wanting(Policy::always, "getlago/api:v1.31.0", true), seeing(image(), "sha256:newer"));
    CHECK(result.changed);
    CHECK(first(result, "images") == Dict{{"name", "getlago/api:v1.31.0"},
                                          {"action", "pull"},
                                          {"before_id", "sha256:old"},
                                          {"digest", "sha256:newer"}});
}

}  // namespace lago::docker
