// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>

#include "lago_secrets/lago_secrets.hpp"

namespace lago::secrets {

namespace {

const system::Path file("/srv/secrets", "path");

Desired asked(std::vector<std::string> names) {
    Desired desired{.path = file,
                    .secrets = {},
                    .attributes = ansible::FileOptions::of({}, {}, Value("0600")),
                    .unknown_owner = {}};
    for (std::string& name : names)
        desired.secrets.push_back(
            {.name = std::move(name), .bytes = 32, .encoding = Encoding::hex, .adopt = std::nullopt});
    return desired;
}

std::optional<Secret> secret(std::string_view text) {
    return Secret(text);
}

Observed there(std::vector<Entry> entries, std::vector<std::optional<Secret>> adopted) {
    Observed before{.attributes = {},
                    .content = secret("A=old\n"),
                    .entries = std::move(entries),
                    .adopted = std::move(adopted)};
    before.attributes.kind = system::FileKind::regular;
    before.attributes.mode = 0600;
    return before;
}

Observed nothing(std::size_t count) {
    return {.attributes = {},
            .content = std::nullopt,
            .entries = {count, Entry::missing},
            .adopted = std::vector<std::optional<Secret>>(count)};
}

// What is done for the one secret, or the kind of the failure.
std::string outcome(Entry entry, const std::optional<Secret>& adopted) {
    try {
        const Plan plan = make_plan(asked({"A"}), there({entry}, {adopted}));
        switch (plan.actions.front()) {
            case Action::keep:
                return plan.changed() ? "changed" : "keep";
            case Action::adopt:
                return "adopt";
            case Action::generate:
                break;
        }
        return "generate";
    } catch (const Failure& failure) {
        return failure.kind;
    }
}

}  // namespace

TEST_CASE("the state table, row by row", "[secrets][plan]") {
    CHECK(outcome(Entry::there, std::nullopt) == "keep");
    CHECK(outcome(Entry::there, secret("v")) == "keep");
    CHECK(outcome(Entry::missing, secret("v")) == "adopt");
    CHECK(outcome(Entry::missing, std::nullopt) == "generate");
    CHECK(outcome(Entry::empty, std::nullopt) == "empty_secret");
    CHECK(outcome(Entry::empty, secret("v")) == "empty_secret");
}

TEST_CASE("each secret by itself", "[secrets][plan]") {
    const Plan plan = make_plan(asked({"A", "B", "C"}), there({Entry::there, Entry::missing, Entry::missing},
                                                              {std::nullopt, secret("v"), std::nullopt}));
    CHECK(plan.actions == std::vector{Action::keep, Action::adopt, Action::generate});
    CHECK((plan.writes && plan.changed()));
    CHECK(plan.content.same_as(*secret("A=old\n")));
    CHECK(plan.after.mode == 0600);
}

TEST_CASE("a new file says what it is, and is for its owner alone", "[secrets][plan]") {
    const Plan plan = make_plan(asked({"A"}), nothing(1));
    CHECK(plan.content.expose().starts_with("# "));
    CHECK(plan.content.expose().ends_with("\n"));
    CHECK(plan.after.mode == 0600);
    CHECK(plan.ownership.mode == 0600);
}

TEST_CASE("nothing asked for is nothing done", "[secrets][plan]") {
    CHECK_FALSE(make_plan(asked({}), nothing(0)).changed());
}

TEST_CASE("a mode that others may read is mended", "[secrets][plan]") {
    Observed open = there({Entry::there}, {std::nullopt});
    open.attributes.mode = 0644;
    const Plan plan = make_plan(asked({"A"}), open);
    CHECK_FALSE(plan.writes);
    CHECK(plan.changed());
    CHECK(plan.ownership.mode == 0600);
}

TEST_CASE("a value that would break the line is refused before anything is done", "[secrets][plan]") {
    for (const std::string_view value :
         {std::string_view("a\nb"), std::string_view("a\rb"), std::string_view("a\0b", 3)})
        CHECK(outcome(Entry::missing, secret(value)) == "bad_value");
}

TEST_CASE("what is no file is left as it is", "[secrets][plan]") {
    for (const auto kind : {system::FileKind::link, system::FileKind::directory, system::FileKind::other}) {
        Observed before = nothing(1);
        before.attributes.kind = kind;
        CHECK_THROWS_AS(make_plan(asked({"A"}), before), Failure);
    }
}

TEST_CASE("what a run lacks is told, and counts as a change", "[secrets][plan]") {
    Observed before = nothing(1);
    before.folder = false;
    const Plan plan = make_plan(asked({"A"}), before);
    REQUIRE(plan.blocked);
    CHECK(plan.blocked->kind == "no_folder");
    CHECK(plan.changed());
    CHECK_THROWS_AS(apply(asked({"A"}), plan), Failure);
    Desired desired = asked({"A"});
    desired.unknown_owner = Failure{.what = {}, .why = {}, .hint = {}, .kind = "unknown_user", .facts = {}};
    CHECK(make_plan(desired, nothing(1)).blocked->kind == "unknown_user");
}

}  // namespace lago::secrets
