// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/path.hpp"

#include <utility>

#include "core/failure.hpp"

namespace lago::system {

namespace {

Failure bad_path(std::string_view option, std::string_view text, std::string why, std::string hint) {
    return {.what = "the option '" + std::string(option) + "' cannot be used",
            .why = std::move(why),
            .hint = std::move(hint),
            .kind = "bad_path",
            .facts = {{"path", text}}};
}

// "/a//b/./c/" is "/a/b/c". ".." stays: after a link it is not what it looks like.
std::string tidied(std::string_view text) {
    std::string path;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('/', at), text.size());
        const std::string_view part = text.substr(at, end - at);
        if (!part.empty() && part != ".") path.append("/").append(part);
        at = end + 1;
    }
    return path.empty() ? "/" : path;
}

}  // namespace

Path::Path(const std::string& text, std::string_view option) {
    if (text.find('\0') != std::string::npos)
        throw bad_path(option, "", "a file name cannot hold a NUL character", "");
    if (!text.starts_with('/'))
        throw bad_path(option, text, "'" + text + "' is not an absolute path",
                       "Give the whole path, from / on.");
    text_ = tidied(text);
}

Path::Path(std::string text) : text_(std::move(text)) {}

Path Path::parent() const {
    const std::size_t slash = text_.rfind('/');
    return Path(slash == 0 ? "/" : text_.substr(0, slash));
}

std::string Path::name() const {
    return text_.substr(text_.rfind('/') + 1);
}

Path Path::beside(const std::string& name) const {
    const std::string folder = parent().string();
    return Path(folder == "/" ? folder + name : folder + "/" + name);
}

Path Path::child(const std::string& name) const {
    return Path(text_ == "/" ? "/" + name : text_ + "/" + name);
}

}  // namespace lago::system
