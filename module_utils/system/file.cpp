// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>
#include <utility>

#include "system/fd.hpp"
#include "system/selinux.hpp"

namespace lago::system {

namespace {

struct Cause {
    const char* kind;
    const char* hint;
};

Cause cause_of(int number) {
    switch (number) {
        case ENOSPC:
        case EDQUOT:
            return {"no_space", "Make room on that file system, then run again"};
        case EROFS:
            return {"read_only", "The file system is mounted read-only"};
        case EACCES:
        case EPERM:
            return {"permission_denied", "Run as a user who may do this (become), or mend the folder's mode"};
        case ENOENT:
            return {"not_found", ""};
        case ELOOP:
            return {"link_loop", "Symbolic links there lead back to themselves: remove one of them"};
        case EBUSY:
            return {"busy", "Something is mounted there"};
        case ETIMEDOUT:
            return {"locked", "Another run holds it: wait for it to end, then run again"};
        case ENOTSUP:
            return {"not_supported", "The file system cannot do this"};
        default:
            return {"file_error", ""};
    }
}

FileKind kind_of(mode_t mode) {
    if (S_ISREG(mode)) return FileKind::regular;
    if (S_ISDIR(mode)) return FileKind::directory;
    if (S_ISLNK(mode)) return FileKind::link;
    return FileKind::other;
}

std::expected<std::string, SystemError> link_target(const Path& path) {
    std::array<char, PATH_MAX> buffer{};
    const ssize_t length = ::readlink(path.c_str(), buffer.data(), buffer.size());
    if (length < 0) return std::unexpected(last_error("read the link", path.string()));
    return std::string(buffer.data(), static_cast<std::size_t>(length));
}

// Opening a pipe must not wait for its writer, so O_NONBLOCK; regular files do not care.
std::expected<Fd, SystemError> open_regular(const Path& path, std::size_t limit, std::size_t& size) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!fd) return std::unexpected(last_error("open", path.string()));
    struct stat info{};
    if (::fstat(fd.get(), &info) != 0) return std::unexpected(last_error("look at", path.string()));
    if (S_ISDIR(info.st_mode)) return std::unexpected(SystemError{EISDIR, "read", path.string()});
    if (!S_ISREG(info.st_mode)) return std::unexpected(SystemError{EINVAL, "read", path.string()});
    size = static_cast<std::size_t>(info.st_size);
    if (size > limit) return std::unexpected(SystemError{EFBIG, "read", path.string()});
    return fd;
}

}  // namespace

std::string SystemError::message() const {
    return "cannot " + action + " " + path + ": " + std::strerror(number);
}

bool SystemError::is_missing() const {
    return number == ENOENT || number == ENOTDIR;
}

Failure failure_of(const SystemError& error) {
    const Cause cause = cause_of(error.number);
    return {.what = "cannot " + error.action + " " + error.path,
            .why = std::strerror(error.number),
            .hint = cause.hint,
            .kind = cause.kind,
            .facts = {{"errno", error.number}, {"path", error.path}}};
}

Failure no_folder(const Path& path) {
    const std::string folder = path.parent().string();
    return {.what = "cannot write " + path.string(),
            .why = "the folder " + folder + " is not there",
            .hint = "Make it in an earlier task",
            .kind = "no_folder",
            .facts = {{"path", folder}}};
}

SystemError last_error(std::string action, const std::string& path) {
    return {errno, std::move(action), path};
}

std::expected<FileAttributes, SystemError> read_attributes(const Path& path, bool follow) {
    struct stat info{};
    if ((follow ? ::stat(path.c_str(), &info) : ::lstat(path.c_str(), &info)) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return FileAttributes{};
        return std::unexpected(last_error("look at", path.string()));
    }
    FileAttributes found{.kind = kind_of(info.st_mode),
                         .uid = info.st_uid,
                         .gid = info.st_gid,
                         .mode = info.st_mode & 07777U,
                         .size = static_cast<std::uint64_t>(info.st_size),
                         .secontext = selinux::context_of(path, follow),
                         .link_target = {}};
    if (found.kind != FileKind::link) return found;
    auto target = link_target(path);
    if (!target) return std::unexpected(std::move(target.error()));
    found.link_target = std::move(*target);
    return found;
}

std::expected<std::string, SystemError> read_file(const Path& path, std::size_t limit) {
    std::size_t size = 0;
    const auto fd = open_regular(path, limit, size);
    if (!fd) return std::unexpected(fd.error());
    std::string content;
    // One byte more than the size: a file that does not grow needs no second buffer, so no copy is left in
    // memory.
    content.resize(std::max<std::size_t>(size + 1, 4096));
    std::size_t filled = 0;
    while (true) {
        const ssize_t got = ::read(fd->get(), content.data() + filled, content.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            auto error = last_error("read", path.string());
            secrets::wipe(content);
            return std::unexpected(std::move(error));
        }
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
        if (filled > limit) {
            secrets::wipe(content);
            return std::unexpected(SystemError{EFBIG, "read", path.string()});
        }
        if (filled == content.size()) {
            std::string larger(content.size() * 2, '\0');
            std::copy_n(content.data(), filled, larger.data());
            secrets::wipe(content);
            content = std::move(larger);
        }
    }
    content.resize(filled);
    return content;
}

std::expected<Secret, SystemError> read_secret_file(const Path& path, std::size_t limit) {
    auto content = read_file(path, limit);
    if (!content) return std::unexpected(std::move(content.error()));
    return Secret(std::move(*content));
}

std::expected<Path, SystemError> follow_links(const Path& path) {
    constexpr int longest_chain = 40;  // as the kernel's own limit
    Path at = path;
    for (int step = 0; step < longest_chain; ++step) {
        const auto found = read_attributes(at, false);
        if (!found) return std::unexpected(found.error());
        if (found->kind != FileKind::link) return at;
        at = found->link_target.starts_with('/') ? Path(found->link_target, "path")
                                                 : at.beside(found->link_target);
    }
    return std::unexpected(SystemError{ELOOP, "follow the links at", path.string()});
}

std::expected<std::vector<std::string>, SystemError> list_folder(const Path& path) {
    const Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return std::unexpected(last_error("list", path.string()));
    return list_folder(fd, path);
}

std::expected<std::vector<std::string>, SystemError> list_folder(const Fd& folder, const Path& path) {
    Fd own(::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(own ? ::fdopendir(own.get()) : nullptr, ::closedir);
    if (!entries) return std::unexpected(last_error("list", path.string()));
    own.release();
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(entries.get())) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") names.emplace_back(name);
        errno = 0;
    }
    if (errno != 0) return std::unexpected(last_error("list", path.string()));
    std::ranges::sort(names);
    return names;
}

bool is_mount_point(const Path& path) {
    if (path.string() == "/") return true;
    constexpr std::uint64_t mount_root = 0x2000;  // STATX_ATTR_MOUNT_ROOT, Linux 5.8
    struct statx info{};
    if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &info) == 0 &&
        (info.stx_attributes_mask & mount_root) != 0)
        return (info.stx_attributes & mount_root) != 0;
    struct stat own{};
    struct stat above{};
    return ::lstat(path.c_str(), &own) == 0 && ::stat(path.parent().c_str(), &above) == 0 &&
           own.st_dev != above.st_dev;
}

}  // namespace lago::system
