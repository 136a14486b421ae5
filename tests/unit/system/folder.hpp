// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "system/path.hpp"

namespace lago::system {

/// A folder of a test's own, removed with it.
class TestFolder {
public:
    TestFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "lago_system_XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        name_ = name;
    }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    ~TestFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(name_, ignored);
    }

    Path operator/(const std::string& name) const { return Path(name_ + "/" + name, "path"); }
    Path path() const { return Path(name_, "path"); }
    Path file(const std::string& name, const std::string& content, mode_t mode = 0644) const {
        std::ofstream(name_ + "/" + name, std::ios::binary) << content;
        ::chmod((name_ + "/" + name).c_str(), mode);
        return *this / name;
    }
    std::size_t count() const {
        std::size_t entries = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(name_)) ++entries;
        return entries;
    }

private:
    std::string name_;
};

inline std::string content_of(const Path& path) {
    std::ostringstream text;
    text << std::ifstream(path.string(), std::ios::binary).rdbuf();
    return text.str();
}

inline mode_t mode_of(const Path& path) {
    struct stat info{};
    ::lstat(path.c_str(), &info);
    return info.st_mode & 07777U;
}

}  // namespace lago::system
