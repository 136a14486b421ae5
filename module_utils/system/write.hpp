// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.hpp"
#include "core/secret.hpp"
#include "system/fd.hpp"
#include "system/file.hpp"
#include "system/path.hpp"

namespace lago::system {

/// What a written file should have. What is absent stays as an existing file has it; of a new file the owner
/// is the effective user, the mode 0666 less the umask.
struct Ownership {
    std::optional<uid_t> uid;
    std::optional<gid_t> gid;
    std::optional<mode_t> mode;
    std::optional<std::string> secontext;
    bool operator==(const Ownership&) const = default;
};

/// A whole new file beside its target, synced to disk, with its owner and mode, that nobody sees yet.
/// Unless committed it is removed.
class StagedFile {
public:
    static std::expected<StagedFile, SystemError> write(const Path& target, std::string_view content,
                                                        const Ownership& ownership);
    static std::expected<StagedFile, SystemError> write(const Path& target, const Secret& content,
                                                        const Ownership& ownership);
    StagedFile(StagedFile&&) noexcept;
    StagedFile& operator=(StagedFile&&) noexcept;
    ~StagedFile();

    const Path& target() const { return target_; }
    /// Renames over the target and syncs the folder. Where the target cannot be renamed over (a bind-mounted
    /// file: EBUSY) and `unsafe_writes` is set, its content is replaced in place. (AnsibleModule.atomic_move)
    std::expected<void, SystemError> commit(bool unsafe_writes = false);

private:
    StagedFile(Path target, Path temporary);
    Path target_;
    std::optional<Path> temporary_;
};

/// Stages and commits.
std::expected<void, SystemError> replace_file(const Path& path, std::string_view content,
                                              const Ownership& ownership, bool unsafe_writes = false);
std::expected<void, SystemError> replace_file(const Path& path, const Secret& content,
                                              const Ownership& ownership, bool unsafe_writes = false);

/// A copy with owner, mode and times beside the file: path.PID.YYYY-MM-DD@HH:MM:SS~
/// (AnsibleModule.backup_local).
std::expected<Path, SystemError> back_up(const Path& path);

/// Sets owner, group, mode and context of what stands there, only where they differ; a link itself is meant.
std::expected<void, SystemError> set_ownership(const Path& path, const Ownership& ownership);

std::expected<void, SystemError> make_directory(const Path& path, const Ownership& ownership);
std::expected<void, SystemError> make_link(const Path& path, const std::string& target);  ///< replaces a link
std::expected<void, SystemError> remove_file(const Path& path);  ///< no error where it is not there
std::expected<void, SystemError> remove_tree(const Path& path);  ///< refuses "/" and mount points (EBUSY)

/// An advisory lock on folders (flock on the folder itself; no lock files), taken in sorted order.
class FolderLock {
public:
    FolderLock() = default;  ///< holds nothing
    /// Waits until `deadline`; a folder that does not exist stands for its nearest existing parent.
    static std::expected<FolderLock, SystemError> take(std::vector<Path> folders, Deadline deadline);

private:
    std::vector<Fd> held_;
};

}  // namespace lago::system
