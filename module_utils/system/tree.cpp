// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "system/leftovers.hpp"
#include "system/mode.hpp"
#include "system/selinux.hpp"
#include "system/write.hpp"

namespace lago::system {

namespace {

using Done = std::expected<void, SystemError>;

std::unexpected<SystemError> failed(std::string action, const Path& path) {
    return std::unexpected(last_error(std::move(action), path.string()));
}

// By descriptors that follow no link: a folder that somebody exchanges for a link meanwhile does not lead
// elsewhere.
Done remove_in(const Fd& folder, const std::string& name, const Path& path) {
    if (::unlinkat(folder.get(), name.c_str(), 0) == 0 || errno == ENOENT) return {};
    if (errno != EISDIR && errno != EPERM) return failed("remove", path);
    const int not_unlinked = errno;
    const Fd own(::openat(folder.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!own && errno == ENOTDIR) return std::unexpected(SystemError{not_unlinked, "remove", path.string()});
    if (!own) return failed("open", path);
    const auto names = list_folder(own, path);
    if (!names) return std::unexpected(names.error());
    for (const std::string& below : *names)
        if (auto done = remove_in(own, below, path.child(below)); !done) return done;
    if (::unlinkat(folder.get(), name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
        return failed("remove", path);
    return {};
}

}  // namespace

Done make_directory(const Path& path, const Ownership& ownership) {
    Ownership wanted = ownership;
    if (!wanted.mode) wanted.mode = 0777U & ~current_umask();
    if (!wanted.secontext) wanted.secontext = selinux::default_context(path);
    // The kernel takes the group from a setgid folder, and passes that bit on.
    struct stat above{};
    if (::stat(path.parent().c_str(), &above) == 0 && !ownership.mode)
        *wanted.mode |= above.st_mode & S_ISGID;
    if (::mkdir(path.c_str(), 0700) != 0) return failed("create the folder", path);
    auto done = set_ownership(path, wanted);
    if (done) done = sync_folder(path.parent());
    if (!done) ::rmdir(path.c_str());
    return done;
}

Done make_link(const Path& path, const std::string& target) {
    const auto now = read_attributes(path, false);
    if (!now) return std::unexpected(now.error());
    if (now->kind != FileKind::missing && now->kind != FileKind::link)
        return std::unexpected(SystemError{EEXIST, "make a link at", path.string()});
    if (now->kind == FileKind::missing) {
        if (::symlink(target.c_str(), path.c_str()) != 0) return failed("make a link at", path);
        return sync_folder(path.parent());
    }
    const SignalBlock block;
    const Path temporary = path.beside(std::string(leftovers::prefix) + "link_" + std::to_string(::getpid()) +
                                       "_" + path.name());
    ::unlink(temporary.c_str());
    if (::symlink(target.c_str(), temporary.c_str()) != 0) return failed("make a link at", path);
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        auto error = last_error("replace the link at", path.string());
        ::unlink(temporary.c_str());
        return std::unexpected(std::move(error));
    }
    return sync_folder(path.parent());
}

Done remove_file(const Path& path) {
    if (::unlink(path.c_str()) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return {};
        return failed("remove", path);
    }
    return sync_folder(path.parent());
}

Done remove_empty_folder(const Path& path) {
    if (::rmdir(path.c_str()) != 0) return failed("remove", path);
    return sync_folder(path.parent());
}

Done check_removable(const Path& path) {
    if (is_mount_point(path))
        return std::unexpected(SystemError{EBUSY, "remove the mount point", path.string()});
    const auto found = read_attributes(path, false);
    if (!found) return std::unexpected(found.error());
    if (found->kind != FileKind::directory) return {};
    const auto names = list_folder(path);
    if (!names) return std::unexpected(names.error());
    for (const std::string& name : *names)
        if (auto done = check_removable(path.child(name)); !done) return done;
    return {};
}

// Nothing is removed before the whole tree is known to hold no mount point.
Done remove_tree(const Path& path) {
    if (auto done = check_removable(path); !done) return done;
    const Fd folder(::open(path.parent().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) {
        if (errno == ENOENT || errno == ENOTDIR) return {};
        return failed("open", path.parent());
    }
    if (auto done = remove_in(folder, path.name(), path); !done) return done;
    return sync_folder(path.parent());
}

}  // namespace lago::system
