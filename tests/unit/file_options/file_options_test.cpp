// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/file_options.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>

#include "ansible/argument_spec.hpp"
#include "core/failure.hpp"
#include "system/folder.hpp"

namespace lago::ansible {

using system::FileAttributes;
using system::FileKind;

namespace {

FileOptions options(Dict values) {
    static const ModuleSpec spec = ModuleSpec::from(Dict{}, Dict{{"add_file_common_args", true}});
    return FileOptions::from(Options(std::move(values), spec.arguments));
}

FileAttributes file(mode_t mode) {
    return {.kind = FileKind::regular, .uid = 1, .gid = 2, .mode = mode};
}

std::string refusal(Dict values) {
    try {
        static_cast<void>(options(std::move(values)).wanted(file(0644), 0));
        return "";
    } catch (const Failure& failure) {
        return failure.what + (failure.why.empty() ? "" : ": " + failure.why);
    }
}

}  // namespace

TEST_CASE("what is not asked for stays", "[file_options]") {
    CHECK(options({}).wanted(file(0640), 0600) == file(0640));
    CHECK(options({}).ownership(file(0640), 0600) == system::Ownership{});
    CHECK(options({{"mode", "0640"}, {"owner", "1"}, {"group", "2"}}).ownership(file(0640), 0600) ==
          system::Ownership{});
}

TEST_CASE("a new file gets the default mode, or what is asked for", "[file_options]") {
    CHECK(options({}).wanted({}, 0600).mode == 0600);
    CHECK(options({}).wanted({}, 0600).uid == ::geteuid());
    CHECK(options({}).ownership({}, 0600).mode == 0600);
    CHECK(options({{"mode", "g+r"}}).wanted({}, 0600).mode == 0640);
    CHECK(options({{"mode", "a=rX"}}).wanted({}, 0, FileKind::directory).mode == 0555);
    CHECK(options({{"owner", "0"}}).ownership({}, 0600).uid == 0U);
}

TEST_CASE("owner, group and mode are set where they differ", "[file_options]") {
    const auto asked = options({{"mode", "0600"}, {"owner", "root"}, {"group", "0"}});
    CHECK(asked.ownership(file(0644), 0) ==
          system::Ownership{.uid = 0, .gid = 0, .mode = 0600, .secontext = {}});
    const auto diff = attribute_diff(system::Path("/f", "path"), file(0644), asked.wanted(file(0644), 0));
    CHECK(diff.before == Value(Dict{{"owner", 1}, {"group", 2}, {"mode", "0644"}}));
    CHECK(diff.after == Value(Dict{{"owner", 0}, {"group", 0}, {"mode", "0600"}}));
}

TEST_CASE("a mode may be a number, a text of octal digits, or symbolic", "[file_options]") {
    CHECK(options({{"mode", 0640}}).wanted(file(0), 0).mode == 0640);
    CHECK(options({{"mode", "640"}}).wanted(file(0), 0).mode == 0640);
    CHECK(options({{"mode", "u=rw,g=r"}}).wanted(file(0), 0).mode == 0640);
}

TEST_CASE("AnsibleModule's own words for what is wrong", "[file_options]") {
    CHECK(refusal({{"mode", "rw"}}) == "mode must be in octal or symbolic form");
    CHECK(refusal({{"mode", List{}}}) == "mode must be in octal or symbolic form");
    CHECK(refusal({{"mode", 010000}}) == "Invalid mode supplied, only permission info is allowed");
    CHECK(refusal({{"mode", -1}}) == "Invalid mode supplied, only permission info is allowed");
    CHECK(refusal({{"owner", "no-such-user"}}) == "chown failed: failed to look up user no-such-user");
    CHECK(refusal({{"group", "no-such-group"}}) == "chgrp failed: failed to look up group no-such-group");
}

TEST_CASE("a part of an SELinux context replaces that part", "[file_options]") {
    FileAttributes before = file(0644);
    before.secontext = "system_u:object_r:etc_t:s0:c1,c2";
    const auto asked = options({{"setype", "httpd_t"}, {"selevel", "s0"}});
    CHECK(asked.wanted(before, 0).secontext == "system_u:object_r:httpd_t:s0");
    CHECK(asked.ownership(before, 0).secontext == "system_u:object_r:httpd_t:s0");
    CHECK(options({}).wanted(before, 0).secontext == before.secontext);
    CHECK(asked.wanted(file(0644), 0).secontext.empty());
}

TEST_CASE("what a path is, as add_path_info says it", "[file_options]") {
    const system::TestFolder folder;
    const auto path = folder.file("f", "abc", 0640);
    Dict info;
    add_path_info(info, path);
    CHECK(*info.find("state") == Value("file"));
    CHECK(*info.find("mode") == Value("0640"));
    CHECK(*info.find("size") == Value(3));
    CHECK(*info.find("uid") == Value(static_cast<std::int64_t>(::geteuid())));
    REQUIRE(::link(path.c_str(), (folder / "g").c_str()) == 0);
    add_path_info(info, path);
    CHECK(*info.find("state") == Value("hard"));
    Dict none;
    add_path_info(none, folder / "none");
    CHECK(none.empty());
}

}  // namespace lago::ansible
