// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdlib.h>
#include <sys/wait.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

/// The openssl command, which makes the keys of these tests and judges ours: an oracle of its own.
namespace lago::test {

/// A folder that goes when the test is over.
class Folder {
public:
    Folder() {
        std::string name = std::filesystem::temp_directory_path() / "lago-test-XXXXXX";
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::string file(const std::string& name) const { return path_ / name; }
    std::string write(const std::string& name, std::string_view content) const {
        std::ofstream(path_ / name, std::ios::binary) << content;
        return file(name);
    }

private:
    std::filesystem::path path_;
};

struct Answer {
    int status = -1;
    std::string output;  ///< standard output and standard error
};

inline Answer run(const std::string& command) {
    Answer answer;
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(("{ " + command + "; } 2>&1").c_str(), "r"),
                                                     [](FILE*) { return 0; });
    REQUIRE(pipe);
    std::array<char, 4096> piece{};
    for (std::size_t size = fread(piece.data(), 1, piece.size(), pipe.get()); size != 0;
         size = fread(piece.data(), 1, piece.size(), pipe.get()))
        answer.output.append(piece.data(), size);
    answer.status = WEXITSTATUS(pclose(pipe.get()));
    return answer;
}

/// What `openssl ARGUMENTS` prints on standard output; the test fails where openssl does.
inline std::string openssl(const std::string& arguments) {
    const Answer answer = run("openssl " + arguments + " 2>/dev/null");
    INFO("openssl " << arguments);
    REQUIRE(answer.status == 0);
    return answer.output;
}

}  // namespace lago::test
