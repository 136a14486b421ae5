// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <utility>

#include "lago_files/lago_files.hpp"
#include "text/raw_bytes.hpp"

namespace lago::files {

namespace {

Failure bad_option(std::size_t entry, std::string why, std::string hint = {}) {
    return {.what = "entries[" + std::to_string(entry) + "]",
            .why = std::move(why),
            .hint = std::move(hint),
            .kind = "bad_option",
            .facts = {{"entry", static_cast<std::int64_t>(entry)}}};
}

State state_of(std::string_view name) {
    if (name == "directory") return State::directory;
    if (name == "absent") return State::absent;
    return name == "link" ? State::link : State::file;
}

Encoding encoding_of(std::size_t entry, const std::string& name) {
    if (name == "none") return Encoding::none;
    if (name == "base64") return Encoding::base64;
    if (name == "percent") return Encoding::percent;
    throw bad_option(entry, "value of encoding must be one of: none, base64, percent, got: " + name);
}

std::optional<std::string> text_in(std::size_t entry, const Dict& dict, std::string_view key) {
    const Value* value = dict.find(key);
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (const std::string* text = value->as_string()) return *text;
    throw bad_option(entry, "'" + std::string(key) + "' of a substitution is not a text");
}

// The keys are the user's own tokens, so the spec has no place for what stands below them.
Substitution read_substitution(std::size_t entry, const std::string& token, const Value& value) {
    constexpr std::array<std::string_view, 5> known{"path", "key", "encoding", "prefix", "suffix"};
    const std::string option = "entries[" + std::to_string(entry) + "].substitute." + token;
    if (token.empty() || token.find_first_of("\r\n=") != std::string::npos)
        throw bad_option(entry, "a token of 'substitute' cannot be empty or hold a line break or '='");
    const Dict* dict = value.as_dict();
    if (dict == nullptr)
        throw bad_option(entry, "'substitute." + token + "' is not a dictionary",
                         "Write {path: …, key: …, encoding: …}");
    for (const auto& [key, ignored] : dict->items())
        if (std::ranges::find(known, key) == known.end())
            throw bad_option(entry, "'substitute." + token + "' has an unknown key: " + key,
                             "Known are: encoding, key, path, prefix, suffix");
    const auto path = text_in(entry, *dict, "path");
    if (!path) throw bad_option(entry, "'substitute." + token + "' has no path");
    return {.token = token,
            .path = system::Path(*path, option + ".path"),
            .key = text_in(entry, *dict, "key"),
            .encoding = encoding_of(entry, text_in(entry, *dict, "encoding").value_or("none")),
            .prefix = text_in(entry, *dict, "prefix").value_or(""),
            .suffix = text_in(entry, *dict, "suffix").value_or("")};
}

std::vector<Substitution> read_substitutions(std::size_t entry, const Options& options) {
    std::vector<Substitution> substitutions;
    if (const auto dict = options.find<Dict>("substitute"))
        for (const auto& [token, value] : dict->items())
            substitutions.push_back(read_substitution(entry, token, value));
    return substitutions;
}

std::optional<Content> read_content(std::size_t entry, const Options& options, bool sensitive) {
    const auto text = options.find<std::string>("content");
    if (!text) return std::nullopt;
    auto bytes = text::raw_bytes(*text);
    if (!bytes)
        throw bad_option(entry,
                         "the content holds a character that is neither text nor a byte (a lone surrogate)");
    if (sensitive) return Secret(std::move(*bytes));
    return std::move(*bytes);
}

void refuse_what_does_not_belong(std::size_t at, const Entry& entry, const Options& options) {
    const auto only_for = [&](State state, std::string_view option, std::string_view name) {
        if (entry.state != state && options.given(option))
            throw bad_option(at,
                             "'" + std::string(option) + "' is for state: " + std::string(name) + " only");
    };
    only_for(State::file, "content", "file");
    only_for(State::file, "substitute", "file");
    only_for(State::link, "src", "link");
    if (entry.recurse && entry.state != State::absent)
        throw bad_option(at, "'recurse' is for state: absent only");
}

Entry read_entry(std::size_t at, const Options& options) {
    const system::Path path(options.get<std::string>("path"), "entries[" + std::to_string(at) + "].path");
    Entry entry{.path = path,
                .state = state_of(options.get<std::string>("state")),
                .link_target = options.find<std::string>("src").value_or(""),
                .content = {},
                .substitutions = read_substitutions(at, options),
                .attributes = {},
                .sensitive = options.get<bool>("sensitive"),
                .recurse = options.get<bool>("recurse"),
                .tag = options.find<std::string>("tag"),
                .unless_exists = {},
                .unknown_owner = {}};
    entry.sensitive = entry.sensitive || !entry.substitutions.empty();
    refuse_what_does_not_belong(at, entry, options);
    if (entry.link_target.find('\0') != std::string::npos)
        throw bad_option(at, "'src' cannot hold a NUL character");
    entry.content = read_content(at, options, entry.sensitive);
    if (const auto marker = options.find<std::string>("unless_exists"))
        entry.unless_exists = system::Path(*marker, "entries[" + std::to_string(at) + "].unless_exists");
    try {
        entry.attributes = ansible::FileOptions::from(options, path);
    } catch (const Failure& failure) {
        entry.unknown_owner = failure;
    }
    return entry;
}

bool is_below(const system::Path& path, const system::Path& folder) {
    return path.string().starts_with(folder.string() == "/" ? "/" : folder.string() + "/");
}

void refuse_contradictions(const std::vector<Entry>& entries) {
    for (std::size_t at = 0; at < entries.size(); ++at) {
        for (std::size_t other = 0; other < entries.size(); ++other) {
            if (at < other && entries[at].path == entries[other].path)
                throw bad_option(
                    other, entries[at].path.string() + " is already in entries[" + std::to_string(at) + "]");
            const bool kept = entries[other].state != State::absent;
            if (entries[at].state == State::absent && kept && is_below(entries[other].path, entries[at].path))
                throw bad_option(other, entries[other].path.string() + " is below " +
                                            entries[at].path.string() + ", which entries[" +
                                            std::to_string(at) + "] removes");
        }
    }
}

}  // namespace

Desired read_options(const Options& options) {
    Desired desired;
    desired.backup = options.get<bool>("backup");
    desired.unsafe_writes = options.get<bool>("unsafe_writes");
    const auto entries = options.get<std::vector<Options>>("entries");
    for (std::size_t at = 0; at < entries.size(); ++at)
        desired.entries.push_back(read_entry(at, entries[at]));
    refuse_contradictions(desired.entries);
    return desired;
}

}  // namespace lago::files
