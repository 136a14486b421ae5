// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lago/release.hpp"

namespace lago::facts {

/// The releases that an upgrade may not jump over, in their order (docs.getlago.com, migration guides).
std::span<const Release> mandatory_stops();

/// What is known of the Lago that stands there.
struct Deployed {
    std::vector<Release> schema;  ///< releases_of_schema() of its database
    bool migrated = false;        ///< its database has a schema, known or not
    bool database_empty = false;  ///< its database was looked at, and Lago has migrated nothing in it
    std::string image;            ///< that of its API; empty: there is none
};

/// Whether a way from what stands there to a release may be taken.
struct Way {
    enum class Verdict {
        fresh,  ///< nothing stands there, or its database is empty
        same,   ///< it is there already
        allowed,
        downgrade,
        jump,       ///< over a release where an upgrade has to stop
        unchecked,  ///< one of the two ends is not a release that is known
    };
    Verdict verdict = Verdict::unchecked;
    std::optional<Release> from;
    std::optional<Release> to;
    std::vector<Release> stops;  ///< where to stop, in order, `to` at the end; only of a jump
    std::string why;             ///< a sentence without a full stop

    bool allowed() const { return verdict != Verdict::downgrade && verdict != Verdict::jump; }
};
std::string_view word(Way::Verdict verdict);

/// `target`: a tag. Where the way begins: of the releases that share the database's schema the one that the
/// image is tagged with, or else the target, or else the oldest; without a known schema the image's.
Way way_to(std::string_view target, const Deployed& deployed);

}  // namespace lago::facts
