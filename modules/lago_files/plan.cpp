// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <utility>

#include "lago_files/lago_files.hpp"
#include "text/secret_text.hpp"

namespace lago::files {

namespace {

using system::FileAttributes;
using system::FileKind;

constexpr mode_t sensitive_mode = 0600;
constexpr mode_t file_mode = 0644;
constexpr mode_t directory_mode = 0755;

std::string_view name_of(FileKind kind) {
    switch (kind) {
        case FileKind::regular:
            return "a file";
        case FileKind::directory:
            return "a folder";
        case FileKind::link:
            return "a symbolic link";
        case FileKind::missing:
            return "nothing";
        case FileKind::other:
            break;
    }
    return "neither a file nor a folder (a pipe, socket or device)";
}

Failure refused(const system::Path& path, std::string why, std::string hint, std::string kind) {
    return {.what = path.string() + " is left as it is",
            .why = std::move(why),
            .hint = std::move(hint),
            .kind = std::move(kind),
            .facts = {{"path", path.string()}}};
}

Failure wrong_kind(const system::Path& path, FileKind is, std::string_view asked) {
    return refused(path, "it is " + std::string(name_of(is)) + ", not " + std::string(asked),
                   "Remove it first (state: absent), or name another path", "wrong_kind");
}

mode_t default_mode(const Entry& entry) {
    if (entry.state == State::directory) return directory_mode;
    return entry.sensitive ? sensitive_mode : file_mode;
}

Failure token_not_used(const Entry& entry, const text::SubstituteError& error) {
    if (error.kind == text::SubstituteError::Kind::several_lines)
        return refused(entry.path, "what is to replace " + error.token + " has several lines",
                       "Ask for encoding: base64, or put the token on a line of its own", "several_lines");
    return refused(
        entry.path, error.token + " of 'substitute' is nowhere a whole value in the content",
        "A token is replaced only where it is a whole line, or all that follows the first '=' of one",
        "token_not_found");
}

Failure no_source(const Entry& entry, const Substitution& substitution) {
    const std::string where = substitution.path.string();
    return refused(entry.path,
                   substitution.key
                       ? where + " has no " + *substitution.key + " for " + substitution.token
                       : where + ", which is to replace " + substitution.token + ", is not there",
                   "Make it in an earlier task", "no_source");
}

class Planner {
public:
    Planner(const Desired& desired, const Observed& before) : desired_(desired), before_(before) {
        plan_.after = before;
    }

    // Folders first and from the top, so that each is there for what stands in it; removals last.
    Plan make() {
        for (const std::size_t at : in_order_of_paths())
            if (entry(at).state == State::directory) plan_directory(at);
        for_each(State::file, &Planner::plan_file);
        for_each(State::link, &Planner::plan_link);
        for_each(State::absent, &Planner::plan_absent);
        return std::move(plan_);
    }

private:
    const Entry& entry(std::size_t at) const { return desired_.entries[at]; }
    const Found& found(std::size_t at) const { return before_.entries[at]; }

    std::vector<std::size_t> in_order_of_paths() const {
        std::vector<std::size_t> order(desired_.entries.size());
        for (std::size_t at = 0; at < order.size(); ++at) order[at] = at;
        std::ranges::sort(order, {}, [&](std::size_t at) { return found(at).real; });
        return order;
    }

    void for_each(State state, void (Planner::*plan)(std::size_t)) {
        for (std::size_t at = 0; at < desired_.entries.size(); ++at)
            if (entry(at).state == state) (this->*plan)(at);
    }

    void add(Step step) {
        if (!step.blocked) step.blocked = entry(step.entry).unknown_owner;
        plan_.steps.push_back(std::move(step));
    }

    bool made(const system::Path& folder) const { return std::ranges::find(made_, folder) != made_.end(); }

    FileAttributes wanted(std::size_t at, FileKind kind) const {
        FileAttributes after =
            entry(at).attributes.wanted(found(at).attributes, default_mode(entry(at)), kind);
        const bool takes_group = found(at).attributes.kind == FileKind::missing && found(at).inherited_group;
        if (takes_group && !ownership(at, kind).gid) after.gid = *found(at).inherited_group;
        return after;
    }

    system::Ownership ownership(std::size_t at, FileKind kind) const {
        return entry(at).attributes.ownership(found(at).attributes, default_mode(entry(at)), kind);
    }

    std::optional<Failure> no_folder(std::size_t at) const {
        const system::Path folder = found(at).real.parent();
        if (found(at).missing_parents.empty() || made(folder)) return std::nullopt;
        return refused(found(at).real, folder.string() + " is not there",
                       "Add an entry for it with state: directory", "no_folder");
    }

    // What stays gets the attributes it lacks; with an unknown owner nobody can say whether it lacks them.
    void plan_attributes(std::size_t at) {
        const system::Ownership needed = ownership(at, found(at).attributes.kind);
        if (needed == system::Ownership{} && !entry(at).unknown_owner) return;
        plan_.after.entries[at].attributes = wanted(at, found(at).attributes.kind);
        add({.kind = Step::Kind::set_attributes,
             .entry = at,
             .path = found(at).real,
             .content = {},
             .ownership = needed});
    }

    void plan_directory(std::size_t at) {
        if (found(at).skipped) return;
        const FileKind is = found(at).attributes.kind;
        if (is == FileKind::directory) return plan_attributes(at);
        if (is != FileKind::missing) throw wrong_kind(entry(at).path, is, "a folder");
        std::vector<system::Path> folders = found(at).missing_parents;
        folders.push_back(found(at).real);
        for (const system::Path& folder : folders) {
            if (made(folder)) continue;
            made_.push_back(folder);
            add({.kind = Step::Kind::make_directory,
                 .entry = at,
                 .path = folder,
                 .content = {},
                 .ownership = ownership(at, FileKind::directory)});
        }
        plan_.after.entries[at].attributes = wanted(at, FileKind::directory);
    }

    // The content with its secrets; nothing, and why, where one of them is not there.
    std::optional<Content> content(std::size_t at, std::optional<Failure>& blocked) const {
        const auto* secret = entry(at).content ? std::get_if<Secret>(&*entry(at).content) : nullptr;
        if (secret == nullptr || entry(at).substitutions.empty()) return entry(at).content;
        std::vector<text::Replacement> replacements;
        for (std::size_t token = 0; token < entry(at).substitutions.size(); ++token) {
            const auto& source = found(at).sources[token];
            if (!source && !blocked) blocked = no_source(entry(at), entry(at).substitutions[token]);
            if (source) replacements.push_back({entry(at).substitutions[token].token, *source});
        }
        if (blocked) return std::nullopt;
        const auto made_content = text::substitute(*secret, replacements);
        if (!made_content) throw token_not_used(entry(at), made_content.error());
        return *made_content;
    }

    void plan_file(std::size_t at) {
        if (found(at).skipped) return;
        const FileKind is = found(at).attributes.kind;
        if (is != FileKind::missing && is != FileKind::regular)
            throw wrong_kind(entry(at).path, is, "a file");
        std::optional<Failure> blocked = no_folder(at);
        if (!entry(at).content && is == FileKind::missing && !blocked)
            blocked = refused(found(at).real, "it is not there, and no content is given for it",
                              "Give it a content, or make it in an earlier task", "no_content");
        const auto asked = content(at, blocked);
        if (is == FileKind::regular && !blocked && (!asked || same(asked, found(at).content)))
            return plan_attributes(at);
        Found& after = plan_.after.entries[at];
        after.attributes = wanted(at, FileKind::regular);
        after.content = asked;
        after.attributes.size = asked ? std::visit([](const auto& text) { return text.size(); }, *asked) : 0;
        add({.kind = Step::Kind::write_file,
             .entry = at,
             .path = found(at).real,
             .content = asked,
             .ownership = ownership(at, FileKind::regular),
             .blocked = std::move(blocked)});
    }

    void plan_link(std::size_t at) {
        if (found(at).skipped) return;
        const FileAttributes& is = found(at).attributes;
        if (is.kind != FileKind::missing && is.kind != FileKind::link)
            throw wrong_kind(entry(at).path, is.kind, "a link");
        if (is.kind == FileKind::link && is.link_target == entry(at).link_target) return plan_link_owner(at);
        FileAttributes& after = plan_.after.entries[at].attributes;
        after = entry(at).attributes.wanted({}, 0777, FileKind::link);
        after.mode = 0777;
        after.link_target = entry(at).link_target;
        after.size = entry(at).link_target.size();
        add({.kind = Step::Kind::make_link,
             .entry = at,
             .path = entry(at).path,
             .content = {},
             .ownership = link_ownership(at),
             .blocked = no_folder(at)});
    }

    // A link has an owner, but no mode of its own.
    system::Ownership link_ownership(std::size_t at) const {
        system::Ownership asked = ownership(at, FileKind::link);
        asked.mode.reset();
        return asked;
    }

    void plan_link_owner(std::size_t at) {
        const system::Ownership needed = link_ownership(at);
        if (needed == system::Ownership{}) return;
        FileAttributes& after = plan_.after.entries[at].attributes;
        after.uid = needed.uid.value_or(after.uid);
        after.gid = needed.gid.value_or(after.gid);
        add({.kind = Step::Kind::set_attributes,
             .entry = at,
             .path = entry(at).path,
             .content = {},
             .ownership = needed});
    }

    void plan_absent(std::size_t at) {
        const Found& is = found(at);
        if (entry(at).path.string() == "/")
            throw refused(entry(at).path, "it is the root folder", {}, "mount_point");
        if (is.skipped || is.attributes.kind == FileKind::missing) return;
        if (is.mount_point)
            throw refused(is.real, "something is mounted there, or below", "Unmount it first", "mount_point");
        if (is.attributes.kind == FileKind::directory && !is.empty && !entry(at).recurse)
            throw refused(is.real, "the folder is not empty",
                          "Set recurse: true to remove it with all that is in it", "not_empty");
        plan_.after.entries[at].attributes = {};
        plan_.after.entries[at].content.reset();
        add({.kind = Step::Kind::remove, .entry = at, .path = is.real, .content = {}});
    }

    const Desired& desired_;
    const Observed& before_;
    Plan plan_;
    std::vector<system::Path> made_;
};

}  // namespace

Plan make_plan(const Desired& desired, const Observed& before) {
    return Planner(desired, before).make();
}

}  // namespace lago::files
