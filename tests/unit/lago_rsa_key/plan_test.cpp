// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>

#include "lago_rsa_key/lago_rsa_key.hpp"

namespace lago::rsa_key {

namespace {

constexpr std::array all{Regenerate::never, Regenerate::fail, Regenerate::partial_idempotence,
                         Regenerate::full_idempotence, Regenerate::always};

Material a_key(std::string name = "one", int bits = 2048, KeyFormat format = KeyFormat::pkcs8) {
    return {.type = "RSA",
            .bits = bits,
            .format = format,
            .identity = {.public_key = std::move(name), .fingerprints = {}},
            .pem = Secret(std::string_view("pem of a key"))};
}

Material an_ec_key() {
    Material key = a_key("ec", 256);
    key.type = "ECC";
    key.pem.reset();
    return key;
}

Desired asked(Regenerate regenerate) {
    Desired desired{.path = system::Path("/srv/key.pem", "path"),
                    .size = 2048,
                    .regenerate = regenerate,
                    .content = {},
                    .adopt_env_file = system::Path("/srv/env", "adopt_env_file"),
                    .adopt_env_name = "LAGO_RSA_PRIVATE_KEY",
                    .attributes = {},
                    .unknown_owner = {}};
    return desired;
}

Observed with_file(Reading reading) {
    Observed observed;
    observed.attributes.kind = system::FileKind::regular;
    observed.attributes.mode = 0600;
    observed.file = std::move(reading);
    return observed;
}

Observed with_adopted(Reading reading) {
    Observed observed;
    observed.adopted = std::move(reading);
    return observed;
}

// What a plan does in one word, or the kind of the failure.
std::string outcome(const Desired& desired, const Observed& before) {
    try {
        const Plan plan = make_plan(desired, before);
        if (!plan.writes) return plan.changed() ? "attributes" : "keep";
        return plan.source == Source::file ? "convert" : std::string(word(plan.source));
    } catch (const Failure& failure) {
        return failure.kind;
    }
}

using Row = std::array<std::string, 5>;

Row row(const Observed& before, const std::optional<Material>& content = std::nullopt) {
    Row row;
    for (std::size_t column = 0; column < all.size(); ++column) {
        Desired desired = asked(all[column]);
        desired.content = content;
        row[column] = outcome(desired, before);
    }
    return row;
}

Reading unread(KeyProblem problem) {
    return std::unexpected(problem);
}

}  // namespace

TEST_CASE("nothing there: a key is written whatever `regenerate` says", "[lago_rsa_key][plan]") {
    CHECK(row({}) == Row{"generated", "generated", "generated", "generated", "generated"});
    CHECK(row({}, a_key()) == Row{"content", "content", "content", "content", "content"});
}

TEST_CASE("what cannot be read goes only with full_idempotence", "[lago_rsa_key][plan]") {
    const Observed before = with_file(unread(KeyProblem::encrypted));
    CHECK(row(before) == Row{"encrypted", "encrypted", "encrypted", "generated", "generated"});
    CHECK(row(before, a_key()) == Row{"encrypted", "encrypted", "encrypted", "content", "content"});
}

TEST_CASE("another key than the content's", "[lago_rsa_key][plan]") {
    CHECK(row(with_file(a_key("two")), a_key("one")) ==
          Row{"keep", "other_key", "content", "content", "content"});
}

TEST_CASE("a key that does not fit", "[lago_rsa_key][plan]") {
    CHECK(row(with_file(a_key("one", 1024))) ==
          Row{"keep", "too_short", "generated", "generated", "generated"});
    CHECK(row(with_file(an_ec_key())) == Row{"keep", "not_rsa", "generated", "generated", "generated"});
}

TEST_CASE("another format is converted, and stays the same key", "[lago_rsa_key][plan]") {
    for (const KeyFormat format : {KeyFormat::pkcs1, KeyFormat::der, KeyFormat::base64}) {
        const Observed before = with_file(a_key("one", 2048, format));
        CHECK(row(before) == Row{"convert", "convert", "convert", "convert", "generated"});
        CHECK(row(before, a_key()) == Row{"convert", "convert", "convert", "convert", "convert"});
    }
    Desired desired = asked(Regenerate::never);
    CHECK(outcome(desired, with_file(a_key("one", 1024, KeyFormat::pkcs1))) == "convert");
}

TEST_CASE("what is asked for is kept", "[lago_rsa_key][plan]") {
    CHECK(row(with_file(a_key())) == Row{"keep", "keep", "keep", "keep", "generated"});
    CHECK(row(with_file(a_key("one", 4096))) == Row{"keep", "keep", "keep", "keep", "generated"});
    CHECK(row(with_file(a_key()), a_key()) == Row{"keep", "keep", "keep", "keep", "keep"});
}

TEST_CASE("the deployed key is taken over where there is no file", "[lago_rsa_key][plan]") {
    CHECK(row(with_adopted(a_key())) == Row{"adopted", "adopted", "adopted", "adopted", "generated"});
    CHECK(row(with_adopted(a_key("one", 1024))) ==
          Row{"adopted", "too_short", "generated", "generated", "generated"});
    CHECK(row(with_adopted(an_ec_key())) == Row{"not_rsa", "not_rsa", "generated", "generated", "generated"});
    CHECK(row(with_adopted(unread(KeyProblem::double_base64))) ==
          Row{"double_base64", "double_base64", "double_base64", "generated", "generated"});
}

TEST_CASE("another key in place of one that was there is warned of", "[lago_rsa_key][plan]") {
    const auto warned = [](Regenerate regenerate, const Observed& before,
                           const std::optional<Material>& content = std::nullopt) {
        Desired desired = asked(regenerate);
        desired.content = content;
        return make_plan(desired, before).warnings.size();
    };
    CHECK(warned(Regenerate::always, with_file(a_key())) == 1);
    CHECK(warned(Regenerate::partial_idempotence, with_file(a_key("two")), a_key("one")) == 1);
    CHECK(warned(Regenerate::full_idempotence, with_file(unread(KeyProblem::too_large))) == 1);
    CHECK(warned(Regenerate::partial_idempotence, with_adopted(a_key("one", 1024))) == 1);
    CHECK(warned(Regenerate::always, {}) == 0);
    CHECK(warned(Regenerate::always, {}, a_key()) == 0);
    CHECK(warned(Regenerate::always, with_file(a_key()), a_key()) == 0);
    CHECK(warned(Regenerate::fail, with_file(a_key("one", 2048, KeyFormat::pkcs1))) == 0);
    CHECK(warned(Regenerate::fail, with_adopted(a_key())) == 0);
}

TEST_CASE("a mode that differs is set; a new file has 0600", "[lago_rsa_key][plan]") {
    Observed before = with_file(a_key());
    before.attributes.mode = 0644;
    Desired desired = asked(Regenerate::fail);
    desired.attributes = ansible::FileOptions::of({}, {}, Value("0600"));
    CHECK(outcome(desired, before) == "attributes");
    CHECK(make_plan(asked(Regenerate::fail), {}).ownership.mode == 0600);
}

TEST_CASE("a missing folder blocks a run, and is a change in check mode", "[lago_rsa_key][plan]") {
    Observed before;
    before.folder = false;
    const Plan plan = make_plan(asked(Regenerate::fail), before);
    REQUIRE(plan.blocked);
    CHECK(plan.blocked->kind == "no_folder");
    CHECK(plan.blocked->why.find("/srv ") != std::string::npos);
    CHECK(plan.changed());
    CHECK_THROWS_AS(apply(asked(Regenerate::fail), plan), Failure);
}

TEST_CASE("a folder or a link is not replaced", "[lago_rsa_key][plan]") {
    for (const auto kind : {system::FileKind::directory, system::FileKind::link, system::FileKind::other}) {
        Observed before;
        before.attributes.kind = kind;
        CHECK(row(before) == Row{"wrong_kind", "wrong_kind", "wrong_kind", "wrong_kind", "wrong_kind"});
    }
}

}  // namespace lago::rsa_key
