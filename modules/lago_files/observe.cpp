// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "crypto/base64.hpp"
#include "lago_files/lago_files.hpp"
#include "text/secret_text.hpp"

namespace lago::files {

namespace {

using system::FileAttributes;
using system::FileKind;
using system::value_or_failure;

bool follows_links(const Entry& entry) {
    return entry.state == State::file || entry.state == State::directory;
}

// As the kernel's protected_symlinks: in a folder of somebody else's, a link may be a trap.
void refuse_foreign_link(const system::Path& path, const system::Path& real, uid_t target_owner) {
    const FileAttributes link = value_or_failure(system::read_attributes(path, false));
    if (link.kind != FileKind::link || link.uid == 0 || link.uid == ::geteuid() || link.uid == target_owner)
        return;
    throw Failure{.what = path.string() + " is a link that is not followed",
                  .why = "another user made it, and it points to " + real.string(),
                  .hint = "Name the real file, or have root make the link",
                  .kind = "foreign_link",
                  .facts = {{"path", path.string()}}};
}

std::vector<system::Path> missing_parents(const system::Path& real) {
    std::vector<system::Path> missing;
    for (system::Path above = real.parent();; above = above.parent()) {
        if (value_or_failure(system::read_attributes(above)).kind != FileKind::missing ||
            above.string() == "/")
            break;
        missing.insert(missing.begin(), above);
    }
    return missing;
}

std::optional<gid_t> inherited_group(const Found& found) {
    constexpr mode_t setgid = 02000;
    const system::Path& lowest = found.missing_parents.empty() ? found.real : found.missing_parents.front();
    const FileAttributes above = value_or_failure(system::read_attributes(lowest.parent()));
    return (above.mode & setgid) != 0 ? std::optional(above.gid) : std::nullopt;
}

std::optional<Content> read_content(const Entry& entry, const Found& found) {
    if (!entry.content || found.attributes.kind != FileKind::regular) return std::nullopt;
    constexpr std::size_t limit = 64U << 20U;
    if (entry.sensitive) return value_or_failure(system::read_secret_file(found.real, limit));
    return value_or_failure(system::read_file(found.real, limit));
}

std::string base64_of(std::string_view bytes) {
    return crypto::base64_encode(bytes);
}

Secret encoded(const Secret& secret, Encoding encoding) {
    switch (encoding) {
        case Encoding::base64:
            return secret.map(base64_of);
        case Encoding::percent:
            return secret.map(text::percent_encoded_line);
        case Encoding::none:
            break;
    }
    return secret;
}

Secret as_asked(const Secret& secret, const Substitution& substitution) {
    const Secret value = encoded(secret, substitution.encoding);
    if (substitution.prefix.empty() && substitution.suffix.empty()) return value;
    return text::surrounded(substitution.prefix, value, substitution.suffix);
}

// Nothing where the file, or the variable in it, is not there (yet).
std::optional<Secret> read_source(const Substitution& substitution) {
    auto file = system::read_secret_file(substitution.path);
    if (!file && file.error().number == ENOENT) return std::nullopt;
    const Secret whole = value_or_failure(std::move(file));
    if (!substitution.key) return as_asked(whole, substitution);
    const auto variable = text::secret_variable(whole, *substitution.key);
    if (!variable)
        throw Failure{.what = "cannot read " + *substitution.key + " in " + substitution.path.string(),
                      .why = variable.error().message,
                      .hint = {},
                      .kind = "bad_env_file",
                      .facts = {{"path", substitution.path.string()}}};
    if (!*variable) return std::nullopt;
    return as_asked(**variable, substitution);
}

bool holds_mount_point(const Entry& entry, const Found& found) {
    if (!entry.recurse) return system::is_mount_point(found.real);
    const auto checked = system::check_removable(found.real);
    if (checked || checked.error().number == EBUSY) return !checked;
    throw system::failure_of(checked.error());
}

Found observe_entry(const Entry& entry) {
    Found found{.real = entry.path};
    if (entry.unless_exists)
        found.skipped =
            value_or_failure(system::read_attributes(*entry.unless_exists, false)).kind != FileKind::missing;
    if (found.skipped) return found;
    const bool follow = follows_links(entry);
    if (follow) found.real = value_or_failure(system::follow_links(entry.path));
    found.attributes = value_or_failure(system::read_attributes(found.real, false));
    if (follow)
        refuse_foreign_link(entry.path, found.real,
                            found.attributes.kind == FileKind::missing ? 0 : found.attributes.uid);
    if (found.attributes.kind == FileKind::directory) {
        found.attributes.size = 0;
        found.empty =
            entry.state != State::absent || value_or_failure(system::list_folder(found.real)).empty();
    }
    if (entry.state == State::absent) found.mount_point = holds_mount_point(entry, found);
    found.missing_parents = missing_parents(found.real);
    found.inherited_group = inherited_group(found);
    found.content = read_content(entry, found);
    for (const Substitution& substitution : entry.substitutions)
        found.sources.push_back(read_source(substitution));
    return found;
}

void refuse_one_file_twice(const Desired& desired, const Observed& observed) {
    for (std::size_t at = 0; at < observed.entries.size(); ++at)
        for (std::size_t other = 0; other < at; ++other)
            if (observed.entries[at].real == observed.entries[other].real)
                throw Failure{.what = "entries[" + std::to_string(at) + "]",
                              .why = desired.entries[at].path.string() + " and " +
                                     desired.entries[other].path.string() + " are the same file",
                              .hint = "One of them leads to the other through a symbolic link; name it once",
                              .kind = "bad_option",
                              .facts = {{"entry", static_cast<std::int64_t>(at)}}};
}

}  // namespace

bool same(const std::optional<Content>& one, const std::optional<Content>& other) {
    if (!one || !other) return one.has_value() == other.has_value();
    const Secret* secret = std::get_if<Secret>(&*one);
    const Secret* other_secret = std::get_if<Secret>(&*other);
    if (secret != nullptr && other_secret != nullptr) return secret->same_as(*other_secret);
    const std::string* text = std::get_if<std::string>(&*one);
    const std::string* other_text = std::get_if<std::string>(&*other);
    return text != nullptr && other_text != nullptr && *text == *other_text;
}

bool Found::operator==(const Found& other) const {
    return real == other.real && attributes == other.attributes && same(content, other.content);
}

system::FolderLock lock_folders(const Desired& desired, Deadline deadline) {
    std::vector<system::Path> folders;
    for (const Entry& entry : desired.entries) {
        folders.push_back(entry.path.parent());
        if (follows_links(entry))
            folders.push_back(value_or_failure(system::follow_links(entry.path)).parent());
    }
    return value_or_failure(system::FolderLock::take(folders, deadline));
}

Observed observe(const Desired& desired) {
    Observed observed;
    for (const Entry& entry : desired.entries) observed.entries.push_back(observe_entry(entry));
    refuse_one_file_twice(desired, observed);
    return observed;
}

}  // namespace lago::files
