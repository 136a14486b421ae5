// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <string>

#include "core/failure.hpp"
#include "services.hpp"
#include "system/process.hpp"

using namespace lago;
using namespace lago::services;

namespace {

class Folder {
public:
    Folder() : path_("/tmp/lago-services-test-" + std::to_string(::getpid())) {
        run({"mkdir", "-p", path_ + "/of files"});
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { run({"rm", "-rf", path_}); }

    std::string write(const std::string& name, const std::string& content) const {
        std::ofstream(path_ + "/" + name, std::ios::binary) << content;
        return path_ + "/" + name;
    }
    static std::string run(const std::vector<std::string>& argv) {
        const auto finished = system::run(argv, Deadline::after(std::chrono::seconds(20)));
        REQUIRE(finished);
        REQUIRE(finished->status == 0);
        return finished->out;
    }

private:
    std::string path_;
};

}  // namespace

TEST_CASE("the label is what sha256sum FILE... | sha256sum prints", "[services][config]") {
    const Folder folder;
    const std::string one = folder.write("env", "A=1\nB=ä\n");
    const std::string two = folder.write("of files/empty", "");
    const std::string three = folder.write("binary", std::string("\0\xff\n", 3));
    const auto by_shell = [&](const std::vector<std::string>& files) {
        std::vector<std::string> argv{"sh", "-c", "sha256sum \"$@\" | sha256sum | cut -d ' ' -f 1", "sh"};
        argv.insert(argv.end(), files.begin(), files.end());
        return Folder::run(argv);
    };
    for (const std::vector<std::string>& files :
         {std::vector{one}, std::vector{one, two, three}, std::vector{three, two, one}})
        CHECK(config_of(files).value() + "\n" == by_shell(files));
    CHECK(config_of({one, two}) != config_of({two, one}));
}

TEST_CASE("a file that is not there is named; one that cannot be read is a failure", "[services][config]") {
    const Folder folder;
    const std::string file = folder.write("env", "A=1\n");
    CHECK(config_of({file, file + "-gone"}).error() == file + "-gone");
    CHECK(config_of({file + "/below"}).error() == file + "/below");
    CHECK_THROWS_AS(config_of({"/tmp"}), Failure);
}
