// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace lago::system {

/// An absolute file name without NUL bytes; anything else is a Failure (kind "bad_path") that names the
/// option. Doubled and trailing slashes and "." are taken out; ".." stays.
class Path {
public:
    /// `option` is the option's name for the message.
    Path(const std::string& text, std::string_view option);

    const std::string& string() const { return text_; }
    const char* c_str() const { return text_.c_str(); }
    /// The folder it stands in, "/" for a file in the root.
    Path parent() const;
    std::string name() const;
    /// Another name in the same folder.
    Path beside(const std::string& name) const;
    /// A name in this folder.
    Path child(const std::string& name) const;
    bool operator==(const Path&) const = default;
    auto operator<=>(const Path&) const = default;

private:
    explicit Path(std::string text);
    std::string text_;
};

}  // namespace lago::system
