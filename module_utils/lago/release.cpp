// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago/release.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace lago::facts {

namespace {

// v1.16.1, whose schema is newer than that of v1.17.0.
bool out_of_line(const ReleaseSchema& release) {
    return std::ranges::any_of(known_releases(), [&](const ReleaseSchema& other) {
        return other.release > release.release && other.migration < release.migration;
    });
}

}  // namespace

std::string Release::name() const {
    return "v" + std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

std::optional<Release> parse_release(std::string_view text) {
    constexpr std::string_view beta = "-beta";
    if (text.starts_with('v')) text.remove_prefix(1);
    if (text.starts_with("0.") && text.ends_with(beta)) text.remove_suffix(beta.size());
    std::array<int, 3> numbers{};
    const char* at = text.data();
    const char* const last = text.data() + text.size();
    for (int& number : numbers) {
        const auto [end, problem] = std::from_chars(at, last, number);
        if (problem != std::errc() || number < 0) return std::nullopt;
        const bool alone = &number == &numbers.front();
        if (end == last)
            return alone ? std::nullopt : std::optional(Release{numbers[0], numbers[1], numbers[2]});
        if (*end != '.') return std::nullopt;
        at = end + 1;
    }
    return std::nullopt;
}

std::optional<Release> release_of_image(std::string_view image) {
    image = image.substr(0, image.find('@'));
    const std::size_t slash = image.rfind('/');
    const std::string_view last = slash == image.npos ? image : image.substr(slash + 1);
    const std::size_t colon = last.find(':');
    return colon == last.npos ? std::nullopt : parse_release(last.substr(colon + 1));
}

std::vector<Release> releases_of_schema(std::string_view newest_migration) {
    std::vector<Release> found;
    for (const ReleaseSchema& known : known_releases())
        if (known.migration == newest_migration && !out_of_line(known)) found.push_back(known.release);
    return found;
}

std::string_view schema_of(const Release& release) {
    const auto known = std::ranges::find(known_releases(), release, &ReleaseSchema::release);
    return known == known_releases().end() ? std::string_view() : known->migration;
}

std::string_view signup_variable(const Release& release) {
    if (release >= Release{1, 6, 1}) return "LAGO_DISABLE_SIGNUP";
    return release >= Release{0, 42, 0} ? "LAGO_SIGNUP_DISABLED" : "";
}

}  // namespace lago::facts
