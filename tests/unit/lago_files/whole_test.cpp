// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>

#include "system/folder.hpp"
#include "values.hpp"

namespace lago::files {

using system::TestFolder;

namespace {

void check_that_it_holds(const Desired& desired) {
    const Observed before = observe(desired);
    const Plan plan = make_plan(desired, before);
    CHECK(plan.changed());
    apply(desired, plan);
    const Observed after = observe(desired);
    CHECK(after == plan.after);
    CHECK_FALSE(make_plan(desired, after).changed());
}

Entry in(const TestFolder& folder, const std::string& name, Entry entry) {
    entry.path = folder / name;
    return entry;
}

}  // namespace

TEST_CASE("after a run, what is there is what was planned", "[lago_files][whole]") {
    const TestFolder folder;
    folder.file("old", "old", 0604);
    folder.file("gone", "x");
    folder.file("key", "s3cret\n");
    REQUIRE(::mkdir((folder / "tree").c_str(), 0755) == 0);
    folder.file("tree/x", "x");
    REQUIRE(::symlink("old", (folder / "to_old").c_str()) == 0);

    Entry link = an_entry(State::link);
    link.link_target = "nowhere";
    Entry tree = an_entry(State::absent);
    tree.recurse = true;
    Entry env = a_file(secret("A=1\nKEY=@K@\n"));
    env.substitutions = {{.token = "@K@", .path = folder / "key", .key = {}, .encoding = Encoding::base64}};
    Entry url = a_file(secret("URL=@U@\n"));
    url.substitutions = {{.token = "@U@",
                          .path = folder / "key",
                          .key = {},
                          .encoding = Encoding::percent,
                          .prefix = "redis://:",
                          .suffix = "@host"}};
    Entry mode = a_file("old");
    mode.attributes = ansible::FileOptions::of({}, {}, Value("g+w"));
    check_that_it_holds(
        {.entries = {in(folder, "d/e/f", a_file("deep")), in(folder, "d/e", an_entry(State::directory)),
                     in(folder, "new", a_file("new")), in(folder, "env", env), in(folder, "link", link),
                     in(folder, "gone", an_entry(State::absent)), in(folder, "tree", tree),
                     in(folder, "to_old", mode), in(folder, "url", url)}});
    CHECK(system::content_of(folder / "url") == "URL=redis://:s3cret@host\n");
    CHECK(system::content_of(folder / "env") == "A=1\nKEY=czNjcmV0Cg==\n");
    CHECK(system::mode_of(folder / "env") == 0600);
    CHECK(system::mode_of(folder / "old") == 0624);
    CHECK(system::read_attributes(folder / "to_old", false)->kind == system::FileKind::link);
    CHECK(system::content_of(folder / "d/e/f") == "deep");
}

TEST_CASE("owners and setgid folders hold as planned", "[lago_files][whole]") {
    if (::geteuid() != 0) SKIP("needs root");
    const TestFolder folder;
    REQUIRE(::chown(folder.path().c_str(), 0, 4711) == 0);
    REQUIRE(::chmod(folder.path().c_str(), 02755) == 0);
    Entry owned = a_file("x");
    owned.attributes = ansible::FileOptions::of(12, 34, Value("04750"));
    check_that_it_holds({.entries = {in(folder, "plain", a_file("x")), in(folder, "owned", owned),
                                     in(folder, "d", an_entry(State::directory))}});
}

TEST_CASE("what cannot be staged leaves nothing behind", "[lago_files][whole]") {
    const TestFolder folder;
    folder.file("f", "old");
    Entry blocked = a_file(secret("@K@"));
    blocked.substitutions = {
        {.token = "@K@", .path = folder / "none", .key = {}, .encoding = Encoding::none}};
    const Desired desired{.entries = {in(folder, "d", an_entry(State::directory)),
                                      in(folder, "f", a_file("new")), in(folder, "env", blocked)}};
    const Plan plan = make_plan(desired, observe(desired));
    try {
        apply(desired, plan);
        FAIL("applied");
    } catch (const Failure& failure) {
        CHECK(failure.kind == "no_source");
        CHECK_FALSE(failure.changed);
        CHECK(*failure.facts.find("done") == Value(List{}));
    }
    CHECK(folder.count() == 1);
    CHECK(system::content_of(folder / "f") == "old");
}

TEST_CASE("a failure between renames says what was done", "[lago_files][whole]") {
    const TestFolder folder;
    folder.file("a", "old");
    const Desired desired{.entries = {in(folder, "a", a_file("new")), in(folder, "b", a_file("new")),
                                      in(folder, "c", a_file("new"))}};
    const Plan plan = make_plan(desired, observe(desired));
    // A folder comes in between: nothing can be renamed over it.
    REQUIRE(::mkdir((folder / "b").c_str(), 0755) == 0);
    try {
        apply(desired, plan);
        FAIL("applied");
    } catch (const Failure& failure) {
        CHECK(failure.changed);
        CHECK(*failure.facts.find("done") == list_of({(folder / "a").string()}));
        CHECK(*failure.facts.find("not_done") == list_of({(folder / "b").string(), (folder / "c").string()}));
    }
    CHECK(folder.count() == 2);
}

}  // namespace lago::files
