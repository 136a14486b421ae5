// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/failure.hpp"
#include "core/secret.hpp"
#include "system/fd.hpp"
#include "system/path.hpp"

namespace lago::system {

/// A system call that failed.
struct SystemError {
    int number = 0;      ///< errno
    std::string action;  ///< "open", "rename", …
    std::string path;
    /// "cannot rename /a/b: No space left on device"
    std::string message() const;
    /// True where nothing is at the path: ENOENT, and ENOTDIR for what stands in place of a folder.
    bool is_missing() const;
    bool operator==(const SystemError&) const = default;
};

enum class FileKind { missing, regular, directory, link, other };

/// Owner, group, mode and SELinux context of what stands at a path (of a link: its own).
struct FileAttributes {
    FileKind kind = FileKind::missing;
    uid_t uid = 0;
    gid_t gid = 0;
    mode_t mode = 0;  ///< permission bits only, with setuid, setgid and sticky
    std::uint64_t size = 0;
    std::string secontext;    ///< empty where the kernel has no SELinux
    std::string link_target;  ///< of a link
    bool operator==(const FileAttributes&) const = default;
};

/// The same as the end of a module: what, the system's words, what to do about it, and the facts `errno` and
/// `path`. Kinds: no_space, read_only, permission_denied, not_found, link_loop, busy, locked (by another
/// run), not_supported, file_error.
Failure failure_of(const SystemError& error);

/// The value, or the end of the module with failure_of() the error; `changed`: something was changed before.
template <class T>
T value_or_failure(std::expected<T, SystemError> result, bool changed = false) {
    if (!result) {
        Failure failure = failure_of(result.error());
        failure.changed = changed;
        throw failure;
    }
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// The end of the module where the folder that `path` stands in is not there (kind "no_folder").
Failure no_folder(const Path& path);

/// The error number of the call that has just failed, with what it was for.
SystemError last_error(std::string action, const std::string& path);

/// lstat or (follow) stat; `missing` only for ENOENT and ENOTDIR, every other failure is an error.
std::expected<FileAttributes, SystemError> read_attributes(const Path& path, bool follow = true);

/// The content of a regular file of at most `limit` bytes (EFBIG above; EISDIR for a folder).
std::expected<std::string, SystemError> read_file(const Path& path, std::size_t limit = 64U << 20U);
/// The same as a secret: no copy of it is left behind.
std::expected<Secret, SystemError> read_secret_file(const Path& path, std::size_t limit = 1U << 20U);

/// The real file behind a chain of links at `path`; a link to nothing gives the place it names. ELOOP for a
/// loop.
std::expected<Path, SystemError> follow_links(const Path& path);
/// The names in a folder, sorted, without "." and "..".
std::expected<std::vector<std::string>, SystemError> list_folder(const Path& path);
/// The same of a folder that is open; `path` is for the error.
std::expected<std::vector<std::string>, SystemError> list_folder(const Fd& folder, const Path& path);
/// True for "/" and for whatever something is mounted on, bind mounts and single files as well.
bool is_mount_point(const Path& path);

}  // namespace lago::system
