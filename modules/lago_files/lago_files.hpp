// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ansible/call.hpp"
#include "ansible/file_options.hpp"
#include "ansible/result.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"
#include "system/file.hpp"
#include "system/path.hpp"
#include "system/write.hpp"

namespace lago::files {

enum class State { file, directory, absent, link };

/// What a file holds: a secret where the entry is sensitive.
using Content = std::variant<std::string, Secret>;
bool same(const std::optional<Content>& one, const std::optional<Content>& other);

/// How a secret of the target is written into a file.
enum class Encoding {
    none,     ///< as it is, without a line end at its end
    base64,   ///< all bytes of the file, on one line
    percent,  ///< as `none`, for a URL
};

/// A token of the content, and the secret on the target that replaces it.
struct Substitution {
    std::string token;
    system::Path path;
    std::optional<std::string> key;  ///< a variable of the env file at `path`; nothing: the whole file
    Encoding encoding = Encoding::none;
    std::string prefix{};  ///< what is put before the secret
    std::string suffix{};  ///< and after it
};

struct Entry {
    system::Path path;
    State state = State::file;
    std::string link_target;
    std::optional<Content> content;
    std::vector<Substitution> substitutions;  ///< only of a secret content
    ansible::FileOptions attributes;
    bool sensitive = false;
    bool recurse = false;
    std::optional<std::string> tag;
    std::optional<system::Path> unless_exists;
    std::optional<Failure> unknown_owner;  ///< in check mode an earlier task may still have to make it
};

struct Desired {
    std::vector<Entry> entries;
    bool backup = false;
    bool unsafe_writes = false;
};

/// What stands where an entry says. Equality compares what a run can change.
struct Found {
    system::Path real;                  ///< where links at the entry's path lead (not of `link`, `absent`)
    system::FileAttributes attributes;  ///< of `real`; the size of a folder is left 0
    std::optional<Content> content;     ///< of a file whose content is asked for
    bool skipped = false;               ///< `unless_exists` is there
    bool empty = true;                  ///< of a folder that is to go
    bool mount_point = false;           ///< the same
    std::vector<system::Path> missing_parents;  ///< folders above `real` that are not there, from the top
    std::optional<gid_t> inherited_group;       ///< of a setgid folder above
    std::vector<std::optional<Secret>>
        sources;  ///< the secrets of the substitutions, encoded; nothing: not there
    bool operator==(const Found& other) const;
};

/// One for each entry.
struct Observed {
    std::vector<Found> entries;
    bool operator==(const Observed&) const = default;
};

struct Step {
    enum class Kind { make_directory, write_file, set_attributes, make_link, remove };
    Kind kind = Kind::write_file;
    std::size_t entry = 0;
    system::Path path;
    std::optional<Content> content;  ///< of write_file; nothing where a secret for it is not there yet
    system::Ownership ownership{};   ///< only what has to be set
    std::optional<Failure>
        blocked{};  ///< what a run lacks; in check mode an earlier task may still provide it
};

struct Plan {
    std::vector<Step> steps;  ///< in the order in which they are done
    Observed after;
    bool changed() const { return !steps.empty(); }
};

struct Done {
    std::vector<std::pair<system::Path, system::Path>> backups;  ///< of which file, where
};

/// The options of a call. Throws Failure for what the spec cannot say: unknown keys of a substitution, a path
/// that is no path, options that do not belong to the state, two entries for one path.
Desired read_options(const Options& options);
/// Locks the folders of all entries and of the files that their links lead to.
system::FolderLock lock_folders(const Desired& desired, Deadline deadline);
/// Reads; Failure for what cannot be read, and for a link that is not to be trusted.
Observed observe(const Desired& desired);
/// Decides; no I/O. Throws Failure for the cells of the state table that say so.
Plan make_plan(const Desired& desired, const Observed& before);
/// Makes folders, stages all files, then renames. Failure with `done` and `not_done`; before the first rename
/// everything is put back.
Done apply(const Desired& desired, const Plan& plan);
Result report(const Desired& desired, const Observed& before, const Plan& plan, const Done& done);

}  // namespace lago::files
