// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/attributes.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "system/fd.hpp"

namespace lago::system {

namespace {

struct Flag {
    char letter;
    unsigned bit;
    bool settable;
};

// In lsattr's order (e2fsprogs, lib/e2p/pf.c); what linux/fs.h does not name is by its number.
constexpr std::array flags_in_order{
    Flag{'s', FS_SECRM_FL, true},
    Flag{'u', FS_UNRM_FL, true},
    Flag{'S', FS_SYNC_FL, true},
    Flag{'D', FS_DIRSYNC_FL, true},
    Flag{'i', FS_IMMUTABLE_FL, true},
    Flag{'a', FS_APPEND_FL, true},
    Flag{'d', FS_NODUMP_FL, true},
    Flag{'A', FS_NOATIME_FL, true},
    Flag{'c', FS_COMPR_FL, true},
    Flag{'E', FS_ENCRYPT_FL, false},
    Flag{'j', FS_JOURNAL_DATA_FL, true},
    Flag{'I', FS_INDEX_FL, false},
    Flag{'t', FS_NOTAIL_FL, true},
    Flag{'T', FS_TOPDIR_FL, true},
    Flag{'e', FS_EXTENT_FL, false},
    Flag{'C', FS_NOCOW_FL, true},
    Flag{'x', 0x02000000U /*DAX*/, true},
    Flag{'F', 0x40000000U /*CASEFOLD*/, true},
    Flag{'N', FS_INLINE_DATA_FL, false},
    Flag{'P', FS_PROJINHERIT_FL, true},
    Flag{'V', 0x00100000U /*VERITY*/, false},
};

const Flag* flag_of(char letter) {
    const auto* found = std::ranges::find(flags_in_order, letter, &Flag::letter);
    return found == flags_in_order.end() ? nullptr : found;
}

std::string letters_of(unsigned bits) {
    std::string letters;
    for (const Flag& flag : flags_in_order)
        if ((bits & flag.bit) != 0) letters += flag.letter;
    return letters;
}

std::optional<unsigned> bits_of(std::string_view letters) {
    unsigned bits = 0;
    for (const char letter : letters) {
        const Flag* flag = flag_of(letter);
        if (flag == nullptr) return std::nullopt;
        bits |= flag->bit;
    }
    return bits;
}

std::optional<unsigned> changed_bits(unsigned bits, std::string_view change) {
    const char operation =
        change.starts_with('+') || change.starts_with('-') || change.starts_with('=') ? change.front() : '=';
    if (!change.empty() && change.front() == operation) change.remove_prefix(1);
    auto named = bits_of(change);
    if (!named) return std::nullopt;
    unsigned settable = 0;
    for (const Flag& flag : flags_in_order)
        if (flag.settable) settable |= flag.bit;
    *named &= settable;
    if (operation == '+') return bits | *named;
    if (operation == '-') return bits & ~*named;
    return (bits & ~settable) | *named;
}

// glibc's ioctl takes an unsigned long, musl's an int: the type is taken from the declaration.
template <class Number>
int call(int (*ioctl)(int, Number, ...), const Fd& fd, unsigned long request, int& bits) {
    return ioctl(fd.get(), static_cast<Number>(request), &bits);
}

std::expected<unsigned, SystemError> bits_at(const Fd& fd, const Path& path) {
    int bits = 0;  // the kernel writes an int, whatever the ioctl's declaration says
    if (call(::ioctl, fd, FS_IOC_GETFLAGS, bits) != 0)
        return std::unexpected(last_error("read the attributes of", path.string()));
    return static_cast<unsigned>(bits);
}

std::expected<Fd, SystemError> open_for_flags(const Path& path) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY));
    if (!fd) return std::unexpected(last_error("open", path.string()));
    return fd;
}

}  // namespace

std::expected<std::string, SystemError> read_inode_flags(const Path& path) {
    const auto fd = open_for_flags(path);
    if (!fd) return std::unexpected(fd.error());
    const auto bits = bits_at(*fd, path);
    if (bits) return letters_of(*bits);
    if (bits.error().number == ENOTTY || bits.error().number == EOPNOTSUPP) return std::string();
    return std::unexpected(bits.error());
}

std::expected<std::string, SystemError> changed_inode_flags(std::string_view flags, std::string_view change) {
    const auto before = bits_of(flags);
    const auto after = before ? changed_bits(*before, change) : std::nullopt;
    if (!after) return std::unexpected(SystemError{EINVAL, "read the attributes", std::string(change)});
    return letters_of(*after);
}

std::expected<void, SystemError> set_inode_flags(const Path& path, std::string_view change) {
    const auto fd = open_for_flags(path);
    if (!fd) return std::unexpected(fd.error());
    const auto before = bits_at(*fd, path);
    if (!before) return std::unexpected(before.error());
    const auto after = changed_bits(*before, change);
    if (!after) return std::unexpected(SystemError{EINVAL, "set the attributes of", path.string()});
    if (*after == *before) return {};
    int bits = static_cast<int>(*after);
    if (call(::ioctl, *fd, FS_IOC_SETFLAGS, bits) != 0)
        return std::unexpected(last_error("set the attributes of", path.string()));
    return {};
}

}  // namespace lago::system
