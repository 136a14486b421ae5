// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace lago::text {

/// The value of one key of a YAML file's top-level mapping.
struct YamlScalar {
    std::string value;      ///< without quotes
    bool plain = true;      ///< not quoted: YAML reads `true` as a boolean, and `'true'` as a text
    std::size_t line = 0;   ///< from 1
    std::size_t begin = 0;  ///< of the value in the file's bytes, with its quotes
    std::size_t size = 0;
};

/// Why a YAML file is not touched.
struct YamlError {
    enum class Kind {
        not_yaml,    ///< it cannot be read, or is not one mapping
        encrypted,   ///< the file, or the value, is encrypted with Ansible Vault
        not_found,   ///< the key is not in it
        duplicate,   ///< the key is there more than once
        template_,   ///< the value is, or holds, a Jinja template
        reference,   ///< an anchor, an alias or a tag
        multi_line,  ///< the value runs over several lines
        shape,       ///< a mapping, a list, nothing at all; or not on a line of its own
    };
    Kind kind = Kind::not_yaml;
    std::string message;  ///< a sentence without a full stop; never a value of the file
};

/// Finds the key with yaml-cpp; gives its value only where it is one that replace_scalar() can replace.
std::expected<YamlScalar, YamlError> find_scalar(std::string_view content, const std::string& name);

/// The content with that one value replaced by `bare`, unquoted, every other byte as it was: comments, quotes
/// of others, line ends, a byte order mark. The new content is read again with yaml-cpp, and given only where
/// it differs in this value and in nothing else.
std::expected<std::string, YamlError> replace_scalar(std::string_view content, const std::string& name,
                                                     std::string_view bare);

/// What a plain scalar means as a boolean to YAML 1.1, and so to Ansible (true, Yes, ON…); nothing where it
/// is none.
std::optional<bool> yaml_boolean(std::string_view plain);

}  // namespace lago::text
