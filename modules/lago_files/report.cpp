// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <utility>

#include "lago_files/lago_files.hpp"
#include "text/secret_text.hpp"

namespace lago::files {

namespace {

using system::FileKind;

// What a terminal can show of it; Ansible's own limit of a diff is 104448 bytes.
std::string shown(const std::optional<Content>& content) {
    constexpr std::size_t longest = 104'448;
    const std::string* text = content ? std::get_if<std::string>(&*content) : nullptr;
    if (text == nullptr) return {};
    if (text->find('\0') != std::string::npos)
        return "(binary, " + std::to_string(text->size()) + " bytes)\n";
    return text->size() > longest ? "(" + std::to_string(text->size()) + " bytes)\n" : *text;
}

std::optional<Secret> secret_in(const std::optional<Content>& content) {
    const Secret* secret = content ? std::get_if<Secret>(&*content) : nullptr;
    return secret == nullptr ? std::nullopt : std::optional(*secret);
}

DiffPart content_diff(const Entry& entry, const Found& before, const Found& after, bool known) {
    DiffPart part{
        .before = {}, .after = {}, .before_header = entry.path.string(), .after_header = entry.path.string()};
    if (!known) {
        part.before = std::string();
        part.after = "(needs a secret, content or folder that is not there yet)\n";
    } else if (entry.sensitive) {
        const auto outline = text::outline_of_change(secret_in(before.content), secret_in(after.content));
        part.before = outline.before;
        part.after = outline.after;
    } else {
        part.before = shown(before.content);
        part.after = shown(after.content);
    }
    return part;
}

std::string_view state_name(FileKind kind) {
    switch (kind) {
        case FileKind::missing:
            return "absent";
        case FileKind::directory:
            return "directory";
        case FileKind::link:
            return "link";
        case FileKind::regular:
            return "file";
        case FileKind::other:
            break;
    }
    return "other";
}

Dict state_of(const system::FileAttributes& attributes) {
    Dict dict{{"state", state_name(attributes.kind)}};
    if (attributes.kind == FileKind::link) dict.set("src", attributes.link_target);
    return dict;
}

DiffPart state_diff(const Entry& entry, const Found& before, const Found& after) {
    return {.before = state_of(before.attributes),
            .after = state_of(after.attributes),
            .before_header = entry.path.string(),
            .after_header = entry.path.string()};
}

void add_diff(Diff& diff, const Entry& entry, const Found& before, const Found& after, const Step& step) {
    const bool writes = step.kind == Step::Kind::write_file;
    if (writes)
        diff.parts.push_back(content_diff(entry, before, after, step.content.has_value()));
    else if (step.kind != Step::Kind::set_attributes)
        diff.parts.push_back(state_diff(entry, before, after));
    if (before.attributes.kind != after.attributes.kind || before.attributes.kind == FileKind::missing)
        return;
    auto attributes = ansible::attribute_diff(entry.path, before.attributes, after.attributes);
    if (attributes.before != Value(Dict())) diff.parts.push_back(std::move(attributes));
}

void add_once(std::vector<std::string>& list, const std::string& text) {
    if (std::ranges::find(list, text) == list.end()) list.push_back(text);
}

}  // namespace

Result report(const Desired& desired, const Observed& before, const Plan& plan, const Done& done) {
    Result result{.changed = plan.changed(), .returned = {}, .diff = Diff{}, .warnings = {}};
    std::vector<std::string> paths;
    std::vector<std::string> tags;
    std::vector<std::string> skipped;
    for (std::size_t at = 0; at < desired.entries.size(); ++at) {
        const Entry& entry = desired.entries[at];
        if (before.entries[at].skipped) skipped.push_back(entry.path.string());
        const auto last = std::ranges::find(plan.steps.rbegin(), plan.steps.rend(), at, &Step::entry);
        if (last == plan.steps.rend()) continue;
        paths.push_back(entry.path.string());
        if (entry.tag) add_once(tags, *entry.tag);
        add_diff(*result.diff, entry, before.entries[at], plan.after.entries[at], *last);
    }
    result.returned.set("changed_paths", list_of(paths));
    result.returned.set("changed_tags", list_of(tags));
    result.returned.set("skipped_paths", list_of(skipped));
    Dict backups;
    for (const auto& [file, copy] : done.backups) backups.set(file.string(), copy.string());
    if (!backups.empty()) result.returned.set("backup_files", std::move(backups));
    return result;
}

}  // namespace lago::files
