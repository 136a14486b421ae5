// SPDX-License-Identifier: GPL-3.0-or-later

// Whether an upgrade may be done in one step.
//
//   what stands there          target                                     verdict
//   -------------------------  -----------------------------------------  ---------
//   nothing                    anything                                   fresh
//   an empty database          anything                                   fresh
//   anything                   no release: latest, a digest, one's own    unchecked
//   no release that is known   a release                                  unchecked
//   a release                  the same                                   same
//   a release                  an older one                               downgrade
//   a release                  a newer one, a mandatory one in between    jump
//   a release                  a newer one                                allowed
//
// A database that is ahead of or behind its image (an upgrade that failed, or was only written down) is what
// counts: migrations run on it. Releases that share a schema are told apart by the image. Where that helps
// nothing, the target is taken if it is one of them, for which there is nothing to migrate; else the oldest,
// since a stop too many does no harm and one too few may.

#include "lago/upgrade.hpp"

#include <algorithm>
#include <array>

namespace lago::facts {

namespace {

std::optional<Release> start_of(const Deployed& deployed, const std::optional<Release>& to) {
    const auto tag = release_of_image(deployed.image);
    if (deployed.schema.empty()) return tag;
    for (const auto& release : {tag, to})
        if (release && std::ranges::find(deployed.schema, *release) != deployed.schema.end()) return release;
    return deployed.schema.front();
}

std::vector<Release> stops_between(const Release& from, const Release& to) {
    std::vector<Release> stops;
    for (const Release& stop : mandatory_stops())
        if (from < stop && stop < to) stops.push_back(stop);
    return stops;
}

Way decided(Way way, Way::Verdict verdict, std::string why) {
    way.verdict = verdict;
    way.why = std::move(why);
    return way;
}

}  // namespace

std::span<const Release> mandatory_stops() {
    static constexpr std::array<Release, 10> stops{{{1, 20, 0},
                                                    {1, 25, 0},
                                                    {1, 28, 1},
                                                    {1, 29, 0},
                                                    {1, 31, 0},
                                                    {1, 32, 0},
                                                    {1, 42, 0},
                                                    {1, 43, 0},
                                                    {1, 44, 0},
                                                    {1, 45, 0}}};
    return stops;
}

std::string_view word(Way::Verdict verdict) {
    switch (verdict) {
        case Way::Verdict::fresh:
            return "fresh";
        case Way::Verdict::same:
            return "same";
        case Way::Verdict::allowed:
            return "allowed";
        case Way::Verdict::downgrade:
            return "downgrade";
        case Way::Verdict::jump:
            return "jump";
        case Way::Verdict::unchecked:
            break;
    }
    return "unchecked";
}

Way way_to(std::string_view target, const Deployed& deployed) {
    using enum Way::Verdict;
    const auto to_release = parse_release(target);
    Way way{.from = start_of(deployed, to_release), .to = to_release, .stops = {}, .why = {}};
    if (deployed.database_empty) return decided(way, fresh, "Lago has migrated nothing in its database yet");
    if (!deployed.migrated && deployed.image.empty()) return decided(way, fresh, "nothing is deployed yet");
    if (!way.to)
        return decided(
            way, unchecked,
            "the way to " + std::string(target) + " cannot be checked: it is not a release of Lago");
    const std::string to = way.to->name();
    if (!way.from)
        return decided(way, unchecked,
                       "the way to " + to + " cannot be checked: it is not known which release is deployed");
    const std::string from = way.from->name();
    // Also v1.16.1, which has the schema of v1.26.1.
    const bool tagged = way.to == release_of_image(deployed.image);
    if (way.to == way.from || (tagged && schema_of(*way.to) == schema_of(*way.from)))
        return decided(way, same, to + " is deployed");
    if (*way.to < *way.from)
        return decided(way, downgrade,
                       to + " is older than " + from + ", and Lago's migrations cannot be taken back");
    way.stops = stops_between(*way.from, *way.to);
    if (way.stops.empty()) return decided(way, allowed, "no release in between has to be stopped at");
    const std::string next = way.stops.front().name();
    way.stops.push_back(*way.to);
    return decided(way, jump, "an upgrade from " + from + " to " + to + " has to stop at " + next);
}

}  // namespace lago::facts
