// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <signal.h>
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
    /// Where the folder refuses a new file (EACCES, EPERM, EROFS) and `unsafe_writes` is set, the content is
    /// kept in memory until the commit.
    static std::expected<StagedFile, SystemError> write(const Path& target, std::string_view content,
                                                        const Ownership& ownership,
                                                        bool unsafe_writes = false);
    static std::expected<StagedFile, SystemError> write(const Path& target, const Secret& content,
                                                        const Ownership& ownership,
                                                        bool unsafe_writes = false);
    StagedFile(StagedFile&&) noexcept;
    StagedFile& operator=(StagedFile&&) noexcept;
    ~StagedFile();

    const Path& target() const { return target_; }
    /// Renames over the target and syncs the folder. Where the target cannot be renamed over (a bind-mounted
    /// file: EBUSY) and `unsafe_writes` is set, its content is replaced in place. (AnsibleModule.atomic_move)
    /// SIGHUP, SIGINT and SIGTERM wait until it is done. An error of the folder's sync is an error, though
    /// the new file then stands: `committed()` says whether it does.
    std::expected<void, SystemError> commit(bool unsafe_writes = false);
    bool committed() const { return committed_; }

private:
    StagedFile(Path target, Ownership ownership);
    std::expected<void, SystemError> stage(std::string_view content);
    std::expected<void, SystemError> fill(std::string_view content);
    std::expected<void, SystemError> write_in_place();
    void discard() noexcept;

    Path target_;
    Ownership ownership_;
    std::optional<Path> temporary_;
    std::optional<std::string> content_;  ///< only where no temporary file could be made
    Fd fd_;                               ///< locked while it lives: a leftover of a killed run is not
    bool committed_ = false;
};

/// Stages and commits.
std::expected<void, SystemError> replace_file(const Path& path, std::string_view content,
                                              const Ownership& ownership, bool unsafe_writes = false);
std::expected<void, SystemError> replace_file(const Path& path, const Secret& content,
                                              const Ownership& ownership, bool unsafe_writes = false);

/// A copy with owner, mode and times beside the file: path.PID.YYYY-MM-DD@HH:MM:SS~
/// (AnsibleModule.backup_local).
std::expected<Path, SystemError> back_up(const Path& path);

/// The action of an error that came after the change itself: it stands, but may not outlast a power failure.
inline constexpr std::string_view sync_action = "sync";

/// Sets owner, group, mode and context of what stands there, only where they differ; a link itself is meant.
std::expected<void, SystemError> set_ownership(const Path& path, const Ownership& ownership);

/// One folder, whose parent is there; EEXIST where something stands at the path. Of a new folder the mode is
/// 0777 less the umask where none is given.
std::expected<void, SystemError> make_directory(const Path& path, const Ownership& ownership);
std::expected<void, SystemError> make_link(
    const Path& path, const std::string& target);                ///< replaces a link, nothing else (EEXIST)
std::expected<void, SystemError> remove_file(const Path& path);  ///< no error where it is not there
std::expected<void, SystemError> remove_tree(
    const Path& path);  ///< refuses "/" and mount points, also inside (EBUSY)
std::expected<void, SystemError> remove_empty_folder(const Path& path);  ///< ENOTEMPTY where it is not
/// Whether remove_tree would refuse it: EBUSY with the mount point's path.
std::expected<void, SystemError> check_removable(const Path& path);
std::expected<void, SystemError> sync_folder(
    const Path& path);  ///< what was renamed or removed there is on disk

/// Blocks SIGHUP, SIGINT and SIGTERM while it lives: around the renames that belong together.
class SignalBlock {
public:
    SignalBlock() noexcept;
    ~SignalBlock();
    SignalBlock(const SignalBlock&) = delete;
    SignalBlock& operator=(const SignalBlock&) = delete;

private:
    sigset_t before_;
};

/// An advisory lock on folders (flock on the folder itself; no lock files), taken in one order by everybody
/// (that of device and inode, which holds for two names of one folder as well). Temporary files that a killed
/// run left in them are removed.
class FolderLock {
public:
    FolderLock() = default;  ///< holds nothing
    /// Waits until `deadline` (ETIMEDOUT); a folder that does not exist stands for its nearest existing
    /// parent. On a file system without such locks there is none.
    static std::expected<FolderLock, SystemError> take(const std::vector<Path>& folders, Deadline deadline);

private:
    std::vector<Fd> held_;
};

}  // namespace lago::system
