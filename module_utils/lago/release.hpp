// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lago::facts {

/// A release of Lago.
struct Release {
    int major = 0;
    int minor = 0;
    int patch = 0;
    auto operator<=>(const Release&) const = default;
    /// "v1.31.0", as the images are tagged.
    std::string name() const;
};

/// "v1.31.0", "1.31.0", "1.31"; of the releases before 1.0 also "v0.50.0-beta". Nothing for anything else:
/// "latest", a digest, a tag of one's own.
std::optional<Release> parse_release(std::string_view text);

/// The release that an image's name is tagged with ("docker.io/getlago/api:v1.31.0"); a digest after the tag
/// does not count.
std::optional<Release> release_of_image(std::string_view image);

/// A release, and the newest version in schema_migrations once its migrations have run.
struct ReleaseSchema {
    Release release;
    std::string_view migration;
};

/// All that is known, in the order of the releases. Generated from releases.json.
std::span<const ReleaseSchema> known_releases();

/// The releases whose newest migration this is, in their order: several can share one, and none is known of
/// some. A release is left out where a later one has an older schema (v1.16.1 was tagged on the code of
/// v1.26.1): it is not what a database has been brought to.
std::vector<Release> releases_of_schema(std::string_view newest_migration);

/// The newest migration of a release; empty where it is not known.
std::string_view schema_of(const Release& release);

/// Which of the variables switches sign-up off on the API; empty where nothing does (before 0.42).
std::string_view signup_variable(const Release& release);

/// From here on the roles admin, finance and manager are rows of a table, without which sign-up fails
/// (getlago/lago#685).
inline constexpr Release roles_in_table{1, 40, 0};
/// From here on enriched_events is partitioned by pg_partman (getlago/lago#787).
inline constexpr Release partitioned_events{1, 41, 0};
/// From here on GET /health asks the database as well.
inline constexpr Release health_asks_database{1, 0, 0};

}  // namespace lago::facts
