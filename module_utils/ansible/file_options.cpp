// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/file_options.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "core/failure.hpp"
#include "system/attributes.hpp"
#include "system/mode.hpp"
#include "system/selinux.hpp"
#include "system/users.hpp"

namespace lago::ansible {

namespace {

using system::FileAttributes;
using system::FileKind;

std::optional<std::string> text_option(const Options& options, std::string_view name) {
    return options.in_spec(name) ? options.find<std::string>(name) : std::nullopt;
}

// The level, which comes last, may hold colons itself.
std::vector<std::string> context_parts(std::string_view context) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= context.size() && !context.empty();) {
        const std::size_t end =
            parts.size() == 3 ? context.size() : std::min(context.find(':', at), context.size());
        parts.emplace_back(context.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text.append(text.empty() ? "" : ":").append(part);
    return text;
}

Failure bad_mode(std::string what) {
    return {.what = std::move(what),
            .why = {},
            .hint = "Write it in quotes: mode: '0640'",
            .kind = "bad_mode",
            .facts = {}};
}

// A number is taken as it is, as AnsibleModule does: `mode: 0644` is octal to YAML 1.1, `mode: 644` is not.
mode_t asked_mode(const Value& mode, mode_t current, bool is_directory) {
    constexpr std::int64_t most = 07777;
    if (const Integer* number = mode.as_integer()) {
        if (!number->value || *number->value < 0 || *number->value > most)
            throw bad_mode("Invalid mode supplied, only permission info is allowed");
        return static_cast<mode_t>(*number->value);
    }
    const std::string* text = mode.as_string();
    if (text == nullptr) throw bad_mode("mode must be in octal or symbolic form");
    const auto parsed = system::parse_mode(*text, current, is_directory, system::current_umask());
    if (parsed) return *parsed;
    throw bad_mode(parsed.error() == system::ModeError::neither
                       ? "mode must be in octal or symbolic form"
                       : "Invalid mode supplied, only permission info is allowed");
}

Dict printed(const FileAttributes& attributes, const FileAttributes& other) {
    Dict dict;
    if (attributes.uid != other.uid) dict.set("owner", static_cast<std::int64_t>(attributes.uid));
    if (attributes.gid != other.gid) dict.set("group", static_cast<std::int64_t>(attributes.gid));
    if (attributes.mode != other.mode) dict.set("mode", system::octal(attributes.mode));
    if (attributes.secontext != other.secontext)
        dict.set("secontext", list_of(context_parts(attributes.secontext)));
    return dict;
}

const char* state_of(const struct stat& info) {
    if (S_ISLNK(info.st_mode)) return "link";
    if (S_ISDIR(info.st_mode)) return "directory";
    return info.st_nlink > 1 ? "hard" : "file";
}

}  // namespace

FileOptions FileOptions::from(const Options& options, const std::optional<system::Path>& path) {
    FileOptions file;
    if (const auto owner = text_option(options, "owner")) {
        file.uid_ = system::find_user(*owner);
        if (!file.uid_)
            throw Failure{.what = "chown failed",
                          .why = "failed to look up user " + *owner,
                          .hint = {},
                          .kind = "unknown_user",
                          .facts = {}};
    }
    if (const auto group = text_option(options, "group")) {
        file.gid_ = system::find_group(*group);
        if (!file.gid_)
            throw Failure{.what = "chgrp failed",
                          .why = "failed to look up group " + *group,
                          .hint = {},
                          .kind = "unknown_group",
                          .facts = {}};
    }
    if (options.in_spec("mode")) file.mode_ = options.find<Value>("mode");
    file.attributes_ = text_option(options, "attributes");
    if (options.in_spec("unsafe_writes"))
        file.unsafe_writes_ = options.find<bool>("unsafe_writes").value_or(false);
    file.read_context(options, path);
    return file;
}

FileOptions FileOptions::of(std::optional<uid_t> uid, std::optional<gid_t> gid, std::optional<Value> mode) {
    FileOptions file;
    file.uid_ = uid;
    file.gid_ = gid;
    file.mode_ = std::move(mode);
    return file;
}

void FileOptions::read_context(const Options& options, const std::optional<system::Path>& path) {
    constexpr std::array<std::string_view, 4> names{"seuser", "serole", "setype", "selevel"};
    std::vector<std::string> defaults;
    for (std::size_t place = 0; place < names.size(); ++place) {
        auto part = text_option(options, names[place]);
        if (part == "_default") {
            if (defaults.empty() && path)
                defaults = context_parts(system::selinux::default_context(*path).value_or(""));
            part = place < defaults.size() ? std::optional(defaults[place]) : std::nullopt;
        }
        secontext_parts_[place] = std::move(part);
    }
}

FileAttributes FileOptions::wanted(const FileAttributes& before, mode_t default_mode, FileKind kind) const {
    FileAttributes after = before;
    if (before.kind == FileKind::missing) {
        after = FileAttributes{};
        after.kind = kind;
        after.uid = ::geteuid();
        after.gid = ::getegid();
        after.mode = default_mode;
    }
    after.uid = uid_.value_or(after.uid);
    after.gid = gid_.value_or(after.gid);
    if (mode_) after.mode = asked_mode(*mode_, after.mode, after.kind == FileKind::directory);
    auto parts = context_parts(after.secontext);
    for (std::size_t place = 0; place < parts.size(); ++place)
        parts[place] = secontext_parts_[place].value_or(parts[place]);
    after.secontext = joined(parts);
    return after;
}

system::Ownership FileOptions::ownership(const FileAttributes& before, mode_t default_mode,
                                         FileKind kind) const {
    const FileAttributes after = wanted(before, default_mode, kind);
    const bool creates = before.kind == FileKind::missing;
    system::Ownership ownership;
    if (uid_ && (creates || after.uid != before.uid)) ownership.uid = after.uid;
    if (gid_ && (creates || after.gid != before.gid)) ownership.gid = after.gid;
    if (creates || after.mode != before.mode) ownership.mode = after.mode;
    if (!creates && after.secontext != before.secontext) ownership.secontext = after.secontext;
    return ownership;
}

bool FileOptions::flags_differ(const system::Path& path) const {
    if (!attributes_) return false;
    const auto flags = system::value_or_failure(system::read_inode_flags(path));
    return system::value_or_failure(system::changed_inode_flags(flags, *attributes_)) != flags;
}

void add_path_info(Dict& returned, const system::Path& path) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0 || ::lstat(path.c_str(), &info) != 0) return;
    returned.set("uid", static_cast<std::int64_t>(info.st_uid));
    returned.set("gid", static_cast<std::int64_t>(info.st_gid));
    returned.set("owner", system::user_name(info.st_uid).value_or(std::to_string(info.st_uid)));
    returned.set("group", system::group_name(info.st_gid).value_or(std::to_string(info.st_gid)));
    returned.set("mode", system::octal(info.st_mode & 07777U));
    returned.set("state", state_of(info));
    if (system::selinux::enabled()) returned.set("secontext", system::selinux::context_of(path, false));
    returned.set("size", static_cast<std::int64_t>(info.st_size));
}

DiffPart attribute_diff(const system::Path& path, const FileAttributes& before, const FileAttributes& after) {
    return {.before = printed(before, after),
            .after = printed(after, before),
            .before_header = path.string(),
            .after_header = path.string()};
}

}  // namespace lago::ansible
