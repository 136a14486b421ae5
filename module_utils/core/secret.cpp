// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/secret.hpp"

#include <string.h>

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace lago {

namespace {

struct Entry {
    std::string text;
    bool scrubbed = true;  // too short an encoding would blank half of the result
};

struct Store {
    std::deque<Entry> entries;  // a deque: expose() hands out views that must stay valid
    std::vector<std::string_view> longest_first;
    bool stale = false;
};

// The only global of the program.
Store& store() {
    static Store only;
    return only;
}

std::size_t keep(std::string&& text, bool scrubbed) {
    store().entries.push_back({std::string(text), scrubbed});
    store().stale = true;
    secrets::wipe(text);
    return store().entries.size() - 1;
}

const std::vector<std::string_view>& longest_first() {
    std::vector<std::string_view>& texts = store().longest_first;
    if (!std::exchange(store().stale, false)) return texts;
    texts.clear();
    for (const Entry& entry : store().entries)
        if (entry.scrubbed && !entry.text.empty()) texts.emplace_back(entry.text);
    std::ranges::sort(texts, [](std::string_view a, std::string_view b) {
        return a.size() != b.size() ? a.size() > b.size() : a < b;
    });
    const auto repeated = std::ranges::unique(texts);
    texts.erase(repeated.begin(), repeated.end());
    return texts;
}

std::string replaced(std::string text, std::string_view secret) {
    constexpr std::string_view mask = "********";
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + mask.size()))
        text.replace(at, secret.size(), mask);
    return text;
}

}  // namespace

Secret::Secret(std::string&& text) : handle_(keep(std::move(text), true)) {}
Secret::Secret(std::string_view text) : handle_(keep(std::string(text), true)) {}

std::string_view Secret::expose() const noexcept {
    return handle_ < store().entries.size() ? std::string_view(store().entries[handle_].text)
                                            : std::string_view();
}

bool Secret::same_as(const Secret& other) const noexcept {
    const std::string_view mine = expose();
    const std::string_view theirs = other.expose();
    if (mine.size() != theirs.size()) return false;
    unsigned char difference = 0;
    for (std::size_t at = 0; at < mine.size(); ++at)
        difference |= static_cast<unsigned char>(mine[at] ^ theirs[at]);
    return difference == 0;
}

Secret Secret::map(std::string (*encode)(std::string_view)) const {
    constexpr std::size_t shortest = 4;
    std::string made = encode(expose());
    Secret result{std::string_view()};
    const bool scrubbed = made.size() >= shortest;
    result.handle_ = keep(std::move(made), scrubbed);
    return result;
}

namespace secrets {

std::string scrub(std::string_view text) {
    const std::vector<std::string_view>& known = longest_first();
    if (std::ranges::find(known, text) != known.end()) return "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER";
    std::string clean(text);
    for (const std::string_view secret : known) clean = replaced(std::move(clean), secret);
    return clean;
}

bool holds_secret(std::string_view text) {
    return std::ranges::any_of(longest_first(),
                               [&](std::string_view secret) { return text.find(secret) != text.npos; });
}

void wipe() noexcept {
    for (Entry& entry : store().entries) wipe(entry.text);
    store().longest_first.clear();
}

void wipe(std::string& text) noexcept {
    explicit_bzero(text.data(), text.size());
    text.clear();
}

}  // namespace secrets
}  // namespace lago
