// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago/upgrade.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

namespace lago::facts {

namespace {

using enum Way::Verdict;

Deployed image(std::string_view tag) {
    return {.schema = {},
            .migrated = false,
            .database_empty = false,
            .image = "docker.io/getlago/api:" + std::string(tag)};
}

Deployed database(std::string_view migration, std::string_view tag = "") {
    Deployed deployed = tag.empty() ? Deployed{} : image(tag);
    deployed.schema = releases_of_schema(migration);
    deployed.migrated = true;
    return deployed;
}

Way::Verdict verdict(std::string_view from, std::string_view to) {
    return way_to(to, image(from)).verdict;
}

std::string stops(const Way& way) {
    std::string text;
    for (const Release& stop : way.stops) text += (text.empty() ? "" : " ") + stop.name();
    return text;
}

}  // namespace

TEST_CASE("the state table, row by row", "[facts][upgrade]") {
    CHECK(way_to("v1.51.0", {}).verdict == fresh);
    CHECK(way_to("latest", {}).verdict == fresh);
    CHECK(verdict("v1.31.0", "latest") == unchecked);
    CHECK(verdict("v1.31.0", "sha256:0123") == unchecked);
    CHECK(verdict("latest", "v1.31.0") == unchecked);
    CHECK(verdict("v1.31.0", "v1.31.0") == same);
    CHECK(verdict("v1.31.0", "1.31.0") == same);
    CHECK(verdict("v1.32.0", "v1.31.0") == downgrade);
    CHECK(verdict("v1.31.0", "v1.42.0") == jump);
    CHECK(verdict("v1.31.0", "v1.32.0") == allowed);
    CHECK(way_to("v1.31.0", {.schema = {}, .migrated = true, .database_empty = false, .image = ""}).verdict ==
          unchecked);
}

TEST_CASE("what never came to a migration can be replaced by any release", "[facts][upgrade]") {
    Deployed failed = image("v1.51.0");
    failed.database_empty = true;
    for (const auto* target : {"v1.31.0", "v1.51.0", "latest"})
        CHECK(way_to(target, failed).verdict == fresh);
}

TEST_CASE("only a downgrade and a jump are not allowed", "[facts][upgrade]") {
    for (const auto one : {fresh, same, allowed, unchecked}) CHECK(Way{.verdict = one}.allowed());
    for (const auto one : {downgrade, jump}) CHECK_FALSE(Way{.verdict = one}.allowed());
}

TEST_CASE("each mandatory stop bites, and may be gone to and left", "[facts][upgrade]") {
    const std::vector<std::string> way{"v1.19.1", "v1.20.0", "v1.25.0", "v1.28.1", "v1.29.0", "v1.31.0",
                                       "v1.32.0", "v1.42.0", "v1.43.0", "v1.44.0", "v1.45.0", "v1.51.0"};
    for (std::size_t at = 0; at + 1 < way.size(); ++at) {
        CAPTURE(way[at]);
        CHECK(verdict(way[at], way[at + 1]) == allowed);
        if (at + 2 >= way.size()) continue;
        const Way over = way_to(way[at + 2], image(way[at]));
        CHECK(over.verdict == jump);
        CHECK(stops(over) == way[at + 1] + " " + way[at + 2]);
        CHECK(over.why ==
              "an upgrade from " + way[at] + " to " + way[at + 2] + " has to stop at " + way[at + 1]);
    }
}

TEST_CASE("between two stops any step is allowed, past one none", "[facts][upgrade]") {
    CHECK(verdict("v1.20.0", "v1.24.1") == allowed);
    CHECK(verdict("v1.21.0", "v1.25.0") == allowed);
    CHECK(verdict("v1.20.0", "v1.26.0") == jump);
    CHECK(verdict("v1.25.0", "v1.28.0") == allowed);
    CHECK(verdict("v1.28.0", "v1.28.1") == allowed);
    CHECK(verdict("v1.28.0", "v1.28.2") == jump);
    CHECK(verdict("v1.32.0", "v1.41.3") == allowed);
    CHECK(verdict("v1.32.4", "v1.42.0") == allowed);
    CHECK(verdict("v1.45.0", "v1.51.0") == allowed);
    CHECK(stops(way_to("v1.51.0", image("v0.50.0-beta"))) ==
          "v1.20.0 v1.25.0 v1.28.1 v1.29.0 v1.31.0 v1.32.0 v1.42.0 v1.43.0 v1.44.0 v1.45.0 v1.51.0");
}

TEST_CASE("the database counts, not what was written down", "[facts][upgrade]") {
    // The image is ahead: its migration has not run, or has failed.
    CHECK(way_to("v1.42.0", database("20250611083925", "v1.42.0")).verdict == jump);
    CHECK(way_to("v1.31.0", database("20250611083925", "v1.32.0")).verdict == same);
    // The image is behind: somebody took it back.
    CHECK(way_to("v1.31.0", database("20250724104251", "v1.31.0")).verdict == downgrade);
    CHECK(way_to("v1.32.0", database("20250724104251", "v1.31.0")).verdict == same);
    // A schema between two releases, or of one that is not known: the image is what is left.
    CHECK(way_to("v1.42.0", database("20260301000000", "v1.42.0")).verdict == same);
    CHECK(way_to("v1.43.0", database("20260301000000", "v1.42.0")).verdict == allowed);
    CHECK(way_to("v1.43.0", database("20260301000000")).verdict == unchecked);
}

TEST_CASE("releases that share a schema are told apart by the image", "[facts][upgrade]") {
    constexpr std::string_view shared = "20250122112050";  // v1.19.1, v1.20.0, v1.20.1, v1.20.2
    CHECK(way_to("v1.25.0", database(shared, "v1.20.1")).verdict == allowed);
    CHECK(way_to("v1.25.0", database(shared, "v1.20.1")).from == Release{1, 20, 1});
    CHECK(way_to("v1.25.0", database(shared, "v1.19.1")).verdict == jump);
    CHECK(way_to("v1.20.0", database(shared, "v1.20.1")).verdict == downgrade);
    // Where it does not help: a stop too many does no harm.
    CHECK(way_to("v1.25.0", database(shared)).verdict == jump);
    CHECK(way_to("v1.25.0", database(shared, "latest")).verdict == jump);
    // Back from an upgrade that never reached the database: there is nothing to migrate.
    CHECK(way_to("v1.20.2", database(shared, "v1.25.0")).verdict == same);
}

TEST_CASE("a release that was tagged on the code of a later one", "[facts][upgrade]") {
    constexpr std::string_view schema = "20250429100148";  // v1.16.1 and v1.26.1
    CHECK(way_to("v1.16.1", database(schema, "v1.16.1")).verdict == same);
    CHECK(way_to("v1.28.1", database(schema, "v1.16.1")).verdict == allowed);
    CHECK(way_to("v1.20.0", database(schema, "v1.16.1")).verdict == downgrade);
    CHECK(way_to("v1.28.1", database(schema)).from == Release{1, 26, 1});
}

}  // namespace lago::facts
