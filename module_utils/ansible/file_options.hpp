// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <string>

#include "ansible/options.hpp"
#include "ansible/result.hpp"
#include "system/file.hpp"
#include "system/write.hpp"

namespace lago::ansible {

/// Ansible's common file options (mode, owner, group, seuser, serole, selevel, setype, attributes,
/// unsafe_writes), as asked for; names are looked up, symbolic modes worked out against what is there.
/// Messages as AnsibleModule's set_mode_if_different and friends.
class FileOptions {
public:
    /// Reads them from a module's options, or from an entry's; those the spec does not name are taken as
    /// absent. `path` is the file's, for a part of the SELinux context that is asked to be `_default`. Throws
    /// Failure for an unknown user or group.
    static FileOptions from(const Options& options, const std::optional<system::Path>& path = std::nullopt);

    /// Just these; the rest is as if it were not asked for.
    static FileOptions of(std::optional<uid_t> uid, std::optional<gid_t> gid, std::optional<Value> mode);

    /// What the file should have after, given what stands there now (kind missing: a new one of `kind`, of
    /// the effective user and group, whose mode is `default_mode` unless one is asked for; a symbolic mode
    /// starts from it). Throws Failure for a mode that is neither octal nor symbolic.
    system::FileAttributes wanted(const system::FileAttributes& before, mode_t default_mode,
                                  system::FileKind kind = system::FileKind::regular) const;
    /// The same as a request to module_utils/system: only what has to be set.
    system::Ownership ownership(const system::FileAttributes& before, mode_t default_mode,
                                system::FileKind kind = system::FileKind::regular) const;
    /// What chattr is asked to do ("+a"), for system::set_inode_flags.
    const std::optional<std::string>& attributes() const { return attributes_; }
    /// Whether what chattr is asked to do would change what stands at `path`. Throws Failure.
    bool flags_differ(const system::Path& path) const;
    bool unsafe_writes() const { return unsafe_writes_; }

private:
    void read_context(const Options& options, const std::optional<system::Path>& path);

    std::optional<uid_t> uid_;
    std::optional<gid_t> gid_;
    std::optional<Value> mode_;
    std::array<std::optional<std::string>, 4> secontext_parts_;  ///< user, role, type, level
    std::optional<std::string> attributes_;
    bool unsafe_writes_ = false;
};

/// uid, gid, owner, group, mode, state, size, secontext of a path, as AnsibleModule's add_path_info adds
/// them.
void add_path_info(Dict& returned, const system::Path& path);

/// Before and after of owner, group, mode for the diff, as AnsibleModule writes them ('0644'): only what
/// differs.
DiffPart attribute_diff(const system::Path& path, const system::FileAttributes& before,
                        const system::FileAttributes& after);

}  // namespace lago::ansible
