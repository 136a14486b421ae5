// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <compare>
#include <ctime>
#include <utility>

#include "system/leftovers.hpp"
#include "system/write.hpp"

namespace lago::system {

namespace {

struct Folder {
    dev_t device = 0;
    ino_t inode = 0;
    Path path;
    bool operator==(const Folder& other) const { return device == other.device && inode == other.inode; }
    auto operator<=>(const Folder& other) const {
        return std::pair(device, inode) <=> std::pair(other.device, other.inode);
    }
};

std::expected<Folder, SystemError> nearest_folder(Path path) {
    struct stat info{};
    while (::stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
        if (errno != ENOENT && errno != ENOTDIR && !S_ISREG(info.st_mode))
            return std::unexpected(last_error("look at", path.string()));
        path = path.parent();
    }
    return Folder{info.st_dev, info.st_ino, path};
}

std::expected<std::vector<Folder>, SystemError> resolve(const std::vector<Path>& paths) {
    std::vector<Folder> folders;
    for (const Path& path : paths) {
        auto folder = nearest_folder(path);
        if (!folder) return std::unexpected(std::move(folder.error()));
        folders.push_back(std::move(*folder));
    }
    std::ranges::sort(folders);
    const auto repeated = std::ranges::unique(folders);
    folders.erase(repeated.begin(), repeated.end());
    return folders;
}

bool no_locks_here(int number) {
    return number == ENOSYS || number == EOPNOTSUPP || number == ENOLCK;
}

std::expected<Fd, SystemError> lock(const Folder& folder, Deadline deadline) {
    constexpr timespec pause{.tv_sec = 0, .tv_nsec = 10'000'000};
    Fd fd(::open(folder.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return std::unexpected(last_error("open", folder.path.string()));
    while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (no_locks_here(errno)) break;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return std::unexpected(last_error("lock", folder.path.string()));
        if (deadline.passed()) return std::unexpected(SystemError{ETIMEDOUT, "lock", folder.path.string()});
        ::nanosleep(&pause, nullptr);
    }
    return fd;
}

}  // namespace

std::expected<FolderLock, SystemError> FolderLock::take(const std::vector<Path>& folders, Deadline deadline) {
    // Whoever held a lock before may have made or removed a folder: look again once all are held.
    while (true) {
        const auto wanted = resolve(folders);
        if (!wanted) return std::unexpected(wanted.error());
        FolderLock taken;
        for (const Folder& folder : *wanted) {
            auto fd = lock(folder, deadline);
            if (!fd && fd.error().number != ENOENT) return std::unexpected(std::move(fd.error()));
            if (fd) taken.held_.push_back(std::move(*fd));
        }
        const auto now = resolve(folders);
        if (!now) return std::unexpected(now.error());
        if (taken.held_.size() != wanted->size() || *now != *wanted) continue;
        for (const Folder& folder : *wanted) leftovers::remove(folder.path);
        return taken;
    }
}

void leftovers::remove(const Path& folder) {
    const auto names = list_folder(folder);
    if (!names) return;
    for (const std::string& name : *names) {
        if (!name.starts_with(prefix)) continue;
        const Path path = folder.child(name);
        const auto found = read_attributes(path, false);
        if (!found) continue;
        if (found->kind == FileKind::link) ::unlink(path.c_str());
        const Fd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
        if (fd && found->kind == FileKind::regular && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0)
            ::unlink(path.c_str());
    }
}

}  // namespace lago::system
