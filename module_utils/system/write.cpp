// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/write.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <utility>
#include <vector>

#include "system/leftovers.hpp"
#include "system/mode.hpp"
#include "system/selinux.hpp"

namespace lago::system {

namespace {

using Done = std::expected<void, SystemError>;

std::unexpected<SystemError> failed(std::string action, const Path& path) {
    return std::unexpected(last_error(std::move(action), path.string()));
}

Done write_all(const Fd& fd, std::string_view content, const Path& path) {
    while (!content.empty()) {
        const ssize_t put = ::write(fd.get(), content.data(), content.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return failed("write", path);
        content.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
}

Done sync(const Fd& fd, const Path& path) {
    if (::fsync(fd.get()) != 0) return failed(std::string(sync_action), path);
    return {};
}

std::string random_letters() {
    constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    std::array<unsigned char, 10> bytes{};
    while (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    }
    std::string letters;
    for (const unsigned char byte : bytes) letters += alphabet[byte % alphabet.size()];
    return letters;
}

// A name for a neighbour that nobody else uses.
Path temporary_beside(const Path& target) {
    return target.beside(std::string(leftovers::prefix) + random_letters());
}

Done set_context(const Fd& fd, const std::string& context, const Path& path) {
    if (context.empty() || !selinux::enabled()) return {};
    if (::fsetxattr(fd.get(), selinux::attribute, context.data(), context.size() + 1, 0) != 0 &&
        errno != ENOTSUP)
        return failed("set the SELinux context of", path);
    return {};
}

// Access lists and the user's own attributes go with the file; SELinux has its own rule, capabilities do not
// last.
void copy_extended_attributes(const Path& from, const Fd& to) {
    std::vector<char> names(64U << 10U);
    const ssize_t length = ::listxattr(from.c_str(), names.data(), names.size());
    std::vector<char> value(64U << 10U);
    for (ssize_t at = 0; at < length;) {
        const std::string name = &names[static_cast<std::size_t>(at)];
        at += static_cast<ssize_t>(name.size()) + 1;
        if (!name.starts_with("user.") && name != "system.posix_acl_access") continue;
        const ssize_t size = ::getxattr(from.c_str(), name.c_str(), value.data(), value.size());
        if (size >= 0) ::fsetxattr(to.get(), name.c_str(), value.data(), static_cast<std::size_t>(size), 0);
    }
}

// Owner before mode: a change of owner drops setuid and setgid. Only who asked for an owner hears that it
// failed.
Done give_ownership(const Fd& fd, const Ownership& asked, const FileAttributes& existing, const Path& path) {
    const bool replaces = existing.kind == FileKind::regular;
    const uid_t uid = asked.uid.value_or(replaces ? existing.uid : static_cast<uid_t>(-1));
    const gid_t gid = asked.gid.value_or(replaces ? existing.gid : static_cast<gid_t>(-1));
    if (asked.secontext) {
        if (auto done = set_context(fd, *asked.secontext, path); !done) return done;
    } else if (const auto context =
                   replaces ? existing.secontext : selinux::default_context(path).value_or("");
               !context.empty()) {
        if (auto done = set_context(fd, context, path); !done) return done;
    }
    struct stat now{};
    if (::fstat(fd.get(), &now) != 0) return failed("look at", path);
    const bool asked_for_owner = asked.uid || asked.gid;
    const bool differs = (uid != static_cast<uid_t>(-1) && uid != now.st_uid) ||
                         (gid != static_cast<gid_t>(-1) && gid != now.st_gid);
    if (differs && ::fchown(fd.get(), uid, gid) != 0 && (asked_for_owner || errno != EPERM))
        return failed("change the owner of", path);
    const mode_t mode = asked.mode.value_or(replaces ? existing.mode : 0666U & ~current_umask());
    if (::fchmod(fd.get(), mode) != 0) return failed("change the mode of", path);
    return {};
}

// Local time, as it stands in a backup's name.
std::string moment_now() {
    std::array<char, 32> text{};
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    if (::localtime_r(&now, &parts) == nullptr) return "~";
    const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d@%H:%M:%S~", &parts);
    return {text.data(), length};
}

bool folder_refuses(int number) {
    return number == EACCES || number == EPERM || number == EROFS;
}

}  // namespace

StagedFile::StagedFile(Path target, Ownership ownership)
    : target_(std::move(target)), ownership_(std::move(ownership)) {}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : target_(other.target_),  // NOLINT(performance-move-constructor-init): a path is never empty
      ownership_(std::move(other.ownership_)),
      temporary_(std::exchange(other.temporary_, std::nullopt)),
      content_(std::exchange(other.content_, std::nullopt)),
      fd_(std::move(other.fd_)),
      committed_(other.committed_) {}

StagedFile& StagedFile::operator=(StagedFile&& other) noexcept {
    std::swap(target_, other.target_);
    std::swap(ownership_, other.ownership_);
    std::swap(temporary_, other.temporary_);
    std::swap(content_, other.content_);
    std::swap(fd_, other.fd_);
    std::swap(committed_, other.committed_);
    return *this;
}

StagedFile::~StagedFile() {
    discard();
}

void StagedFile::discard() noexcept {
    if (temporary_) ::unlink(temporary_->c_str());
    temporary_.reset();
    if (content_) secrets::wipe(*content_);
    content_.reset();
    fd_ = Fd();
}

std::expected<StagedFile, SystemError> StagedFile::write(const Path& target, std::string_view content,
                                                         const Ownership& ownership, bool unsafe_writes) {
    StagedFile staged(target, ownership);
    auto done = staged.stage(content);
    if (done) return staged;
    if (!unsafe_writes || staged.temporary_ || !folder_refuses(done.error().number))
        return std::unexpected(std::move(done.error()));
    staged.content_ = std::string(content);
    return staged;
}

std::expected<StagedFile, SystemError> StagedFile::write(const Path& target, const Secret& content,
                                                         const Ownership& ownership, bool unsafe_writes) {
    return write(target, content.expose(), ownership, unsafe_writes);
}

// The lock on the new file says that it is in use; nobody but us can open it before its mode is set.
Done StagedFile::stage(std::string_view content) {
    const Path name = temporary_beside(target_);
    fd_ = Fd(::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd_) return failed("create a file in", target_.parent());
    temporary_ = name;
    ::flock(fd_.get(), LOCK_EX | LOCK_NB);
    return fill(content);
}

Done StagedFile::fill(std::string_view content) {
    const auto existing = read_attributes(target_, false);
    if (!existing) return std::unexpected(existing.error());
    if (auto done = write_all(fd_, content, target_); !done) return done;
    if (existing->kind == FileKind::regular) copy_extended_attributes(target_, fd_);
    if (auto done = give_ownership(fd_, ownership_, *existing, target_); !done) return done;
    return sync(fd_, target_);
}

Done StagedFile::commit(bool unsafe_writes) {
    const SignalBlock block;
    if (content_) return write_in_place();
    if (::rename(temporary_->c_str(), target_.c_str()) != 0) {
        const SystemError error = last_error("rename a new file over", target_.string());
        const bool busy = error.number == EBUSY || folder_refuses(error.number) || error.number == ETXTBSY;
        if (unsafe_writes && busy) return write_in_place();
        discard();
        return std::unexpected(error);
    }
    committed_ = true;
    temporary_.reset();
    fd_ = Fd();
    return sync_folder(target_.parent());
}

// The way of last resort. What stood there is put back where the new content does not fit.
Done StagedFile::write_in_place() {
    auto content = content_ ? std::move(*content_) : std::string();
    if (!content_) {
        auto staged = read_file(*temporary_);
        if (!staged) return std::unexpected(staged.error());
        content = std::move(*staged);
    }
    auto before = read_file(target_);
    const Fd fd(::open(target_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
    Done done = fd ? Done() : Done(failed("open", target_));
    if (done && ::ftruncate(fd.get(), 0) != 0) done = failed("empty", target_);
    if (done) {
        done = write_all(fd, content, target_);
        if (done) done = sync(fd, target_);
        if (!done && before && ::ftruncate(fd.get(), 0) == 0 && ::lseek(fd.get(), 0, SEEK_SET) == 0)
            committed_ = !write_all(fd, *before, target_) || !sync(fd, target_);
        else
            committed_ = true;
    }
    secrets::wipe(content);
    if (before) secrets::wipe(*before);
    if (done) done = set_ownership(target_, ownership_);
    discard();
    return done;
}

Done replace_file(const Path& path, std::string_view content, const Ownership& ownership,
                  bool unsafe_writes) {
    auto staged = StagedFile::write(path, content, ownership, unsafe_writes);
    if (!staged) return std::unexpected(std::move(staged.error()));
    return staged->commit(unsafe_writes);
}

Done replace_file(const Path& path, const Secret& content, const Ownership& ownership, bool unsafe_writes) {
    return replace_file(path, content.expose(), ownership, unsafe_writes);
}

std::expected<Path, SystemError> back_up(const Path& path) {
    auto content = read_file(path);
    if (!content) return std::unexpected(std::move(content.error()));
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return failed("look at", path);
    const std::string moment = moment_now();
    const Path copy = path.beside(path.name() + "." + std::to_string(::getpid()) + "." + moment);
    const Ownership same{.uid = {}, .gid = {}, .mode = info.st_mode & 07777U, .secontext = {}};
    auto staged = StagedFile::write(copy, *content, same);
    secrets::wipe(*content);
    if (!staged) return std::unexpected(std::move(staged.error()));
    if (auto done = staged->commit(); !done) return std::unexpected(std::move(done.error()));
    const Fd fd(::open(copy.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) return failed("open", copy);
    copy_extended_attributes(path, fd);
    if (::fchown(fd.get(), info.st_uid, info.st_gid) != 0 && errno != EPERM)
        return failed("change the owner of", copy);
    if (::fchmod(fd.get(), info.st_mode & 07777U) != 0) return failed("change the mode of", copy);
    const std::array<timespec, 2> times{info.st_atim, info.st_mtim};
    if (::futimens(fd.get(), times.data()) != 0) return failed("set the times of", copy);
    return copy;
}

namespace {

// What a user may neither open nor be tricked with: a link, or a file of his own that he may not read.
Done set_ownership_of_name(const Path& path, const Ownership& ownership, const FileAttributes& now) {
    if (ownership.secontext && *ownership.secontext != now.secontext && selinux::enabled() &&
        ::lsetxattr(path.c_str(), selinux::attribute, ownership.secontext->data(),
                    ownership.secontext->size() + 1, 0) != 0)
        return failed("set the SELinux context of", path);
    const uid_t uid = ownership.uid.value_or(now.uid);
    const gid_t gid = ownership.gid.value_or(now.gid);
    if ((uid != now.uid || gid != now.gid) && ::lchown(path.c_str(), uid, gid) != 0)
        return failed("change the owner of", path);
    const bool other_mode = ownership.mode && *ownership.mode != now.mode && now.kind != FileKind::link;
    if (other_mode && ::chmod(path.c_str(), *ownership.mode) != 0) return failed("change the mode of", path);
    return {};
}

}  // namespace

// By descriptor, so that a name that somebody exchanges meanwhile (for a link) does not lead elsewhere.
Done set_ownership(const Path& path, const Ownership& ownership) {
    const auto now = read_attributes(path, false);
    if (!now) return std::unexpected(now.error());
    if (now->kind == FileKind::missing) return std::unexpected(SystemError{ENOENT, "look at", path.string()});
    const Fd fd(now->kind == FileKind::link || now->kind == FileKind::other
                    ? -1
                    : ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd) return set_ownership_of_name(path, ownership, *now);
    if (ownership.secontext && *ownership.secontext != now->secontext)
        if (auto done = set_context(fd, *ownership.secontext, path); !done) return done;
    struct stat info{};
    if (::fstat(fd.get(), &info) != 0) return failed("look at", path);
    const uid_t uid = ownership.uid.value_or(info.st_uid);
    const gid_t gid = ownership.gid.value_or(info.st_gid);
    if ((uid != info.st_uid || gid != info.st_gid) && ::fchown(fd.get(), uid, gid) != 0)
        return failed("change the owner of", path);
    // A change of owner may have dropped setuid and setgid, so the mode is looked at afterwards.
    if (::fstat(fd.get(), &info) != 0) return failed("look at", path);
    if (ownership.mode && (info.st_mode & 07777U) != *ownership.mode &&
        ::fchmod(fd.get(), *ownership.mode) != 0)
        return failed("change the mode of", path);
    return {};
}

Done sync_folder(const Path& path) {
    const Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd)
        return errno == EACCES
                   ? Done()
                   : Done(failed(std::string(sync_action), path));  // a folder we may write but not list
    if (::fsync(fd.get()) != 0 && errno != EINVAL && errno != EROFS)
        return failed(std::string(sync_action), path);
    return {};
}

SignalBlock::SignalBlock() noexcept {
    sigset_t blocked;
    ::sigemptyset(&blocked);
    for (const int signal : {SIGHUP, SIGINT, SIGTERM}) ::sigaddset(&blocked, signal);
    ::sigprocmask(SIG_BLOCK, &blocked, &before_);
}

SignalBlock::~SignalBlock() {
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace lago::system
