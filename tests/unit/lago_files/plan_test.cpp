// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>

#include "values.hpp"

namespace lago::files {

using Kind = Step::Kind;
using Kinds = std::vector<Step::Kind>;
using system::FileKind;

TEST_CASE("state: file, by what is there", "[lago_files][plan]") {
    CHECK(kinds(planned(a_file("new"), nothing())) == Kinds{Kind::write_file});
    CHECK(kinds(planned(a_file("new"), file_with("old"))) == Kinds{Kind::write_file});
    CHECK(planned(a_file("same"), file_with("same")).steps.empty());
    CHECK(planned(a_file(secret("same")), file_with(secret("same"), 0640)).steps.empty());
    CHECK(refusal(a_file("x"), something(FileKind::directory, 0755)) == "wrong_kind");
    CHECK(refusal(a_file("x"), something(FileKind::other, 0644)) == "wrong_kind");
}

TEST_CASE("a file without content has to be there", "[lago_files][plan]") {
    const Plan plan = planned(an_entry(State::file), nothing());
    REQUIRE(kinds(plan) == Kinds{Kind::write_file});
    REQUIRE(plan.steps[0].blocked);
    CHECK(plan.steps[0].blocked->kind == "no_content");
    CHECK(planned(an_entry(State::file), something(FileKind::regular, 0600)).steps.empty());
}

TEST_CASE("state: directory, by what is there", "[lago_files][plan]") {
    CHECK(kinds(planned(an_entry(State::directory), nothing())) == Kinds{Kind::make_directory});
    CHECK(planned(an_entry(State::directory), something(FileKind::directory, 0700)).steps.empty());
    CHECK(refusal(an_entry(State::directory), file_with("x")) == "wrong_kind");
}

TEST_CASE("state: link, by what is there", "[lago_files][plan]") {
    Entry link = an_entry(State::link);
    link.link_target = "there";
    Found present = something(FileKind::link, 0777);
    present.attributes.link_target = "elsewhere";
    CHECK(kinds(planned(link, nothing())) == Kinds{Kind::make_link});
    CHECK(kinds(planned(link, present)) == Kinds{Kind::make_link});
    present.attributes.link_target = "there";
    CHECK(planned(link, present).steps.empty());
    CHECK(refusal(link, file_with("x")) == "wrong_kind");
    CHECK(refusal(link, something(FileKind::directory, 0755)) == "wrong_kind");
}

TEST_CASE("state: absent, by what is there", "[lago_files][plan]") {
    Entry gone = an_entry(State::absent);
    CHECK(planned(gone, nothing()).steps.empty());
    for (const FileKind kind : {FileKind::regular, FileKind::link, FileKind::other, FileKind::directory})
        CHECK(kinds(planned(gone, something(kind, 0755))) == Kinds{Kind::remove});
    Found full = something(FileKind::directory, 0755);
    full.empty = false;
    CHECK(refusal(gone, full) == "not_empty");
    gone.recurse = true;
    CHECK(kinds(planned(gone, full)) == Kinds{Kind::remove});
    full.mount_point = true;
    CHECK(refusal(gone, full) == "mount_point");
    Entry root = an_entry(State::absent, "/");
    root.recurse = true;
    CHECK(refusal(root, something(FileKind::directory, 0755, "/")) == "mount_point");
}

TEST_CASE("where the marker is, nothing is done, whatever is there", "[lago_files][plan]") {
    for (const State state : {State::file, State::directory, State::link, State::absent}) {
        Found found = something(FileKind::other, 0644);
        found.skipped = true;
        CHECK(planned(an_entry(state), found).steps.empty());
    }
}

TEST_CASE("the mode of what is new: 0600 for a secret, 0644 for a file, 0755 for a folder",
          "[lago_files][plan]") {
    CHECK(planned(a_file("x"), nothing()).steps[0].ownership.mode == 0644);
    CHECK(planned(a_file(secret("x")), nothing()).steps[0].ownership.mode == 0600);
    CHECK(planned(an_entry(State::directory), nothing()).steps[0].ownership.mode == 0755);
    Entry asked = a_file("x");
    asked.attributes = ansible::FileOptions::of({}, {}, Value("u=rw,g=r,o="));
    CHECK(planned(asked, nothing()).steps[0].ownership.mode == 0640);
    CHECK(planned(a_file("new"), file_with("old", 0604)).steps[0].ownership == system::Ownership{});
}

TEST_CASE("owner, group and mode of what stays are set where they differ", "[lago_files][plan]") {
    Entry entry = a_file("same");
    entry.attributes = ansible::FileOptions::of(12, 34, Value("0640"));
    const Plan plan = planned(entry, file_with("same", 0644));
    REQUIRE(kinds(plan) == Kinds{Kind::set_attributes});
    CHECK(plan.steps[0].ownership == system::Ownership{.uid = 12, .gid = 34, .mode = 0640, .secontext = {}});
    CHECK(plan.after.entries[0].attributes.uid == 12);
    Found right = file_with("same", 0640);
    right.attributes.uid = 12;
    right.attributes.gid = 34;
    CHECK(planned(entry, right).steps.empty());
    Entry folder = an_entry(State::directory);
    folder.attributes = ansible::FileOptions::of({}, {}, Value("0700"));
    CHECK(kinds(planned(folder, something(FileKind::directory, 0755))) == Kinds{Kind::set_attributes});
    entry.attributes = ansible::FileOptions::of({}, {}, Value("rw"));
    CHECK(refusal(entry, file_with("same")) == "bad_mode");
}

TEST_CASE("folders come first and from the top, removals last", "[lago_files][plan]") {
    const Desired desired{.entries = {an_entry(State::absent, "/gone"), a_file("x", "/a/b/f"),
                                      an_entry(State::directory, "/a/b"), an_entry(State::directory, "/a")}};
    Observed before{.entries = {something(FileKind::regular, 0644, "/gone"), nothing("/a/b/f"),
                                nothing("/a/b"), nothing("/a")}};
    before.entries[1].missing_parents = {at("/a"), at("/a/b")};
    before.entries[2].missing_parents = {at("/a")};
    const Plan plan = make_plan(desired, before);
    REQUIRE(kinds(plan) == Kinds{Kind::make_directory, Kind::make_directory, Kind::write_file, Kind::remove});
    CHECK(plan.steps[0].path == at("/a"));
    CHECK(plan.steps[1].path == at("/a/b"));
    CHECK_FALSE(plan.steps[2].blocked);
}

TEST_CASE("missing folders above a folder are made with it, above a file they are not",
          "[lago_files][plan]") {
    Found deep = nothing("/a/b/c");
    deep.missing_parents = {at("/a"), at("/a/b")};
    const Plan plan = planned(an_entry(State::directory, "/a/b/c"), deep);
    REQUIRE(plan.steps.size() == 3);
    CHECK(plan.steps[0].path == at("/a"));
    CHECK(plan.steps[2].path == at("/a/b/c"));
    CHECK(planned(a_file("x", "/a/b/c"), deep).steps[0].blocked->kind == "no_folder");
}

TEST_CASE("a secret is put in; without it a run has nothing to write", "[lago_files][plan]") {
    Entry entry = a_file(secret("KEY=@T@\n"));
    entry.substitutions = {{.token = "@T@", .path = at("/key"), .key = {}, .encoding = Encoding::none}};
    Found there = nothing();
    there.sources = {Secret(std::string_view("s3cret"))};
    const Plan plan = planned(entry, there);
    REQUIRE(plan.steps.size() == 1);
    CHECK(same(plan.steps[0].content, secret("KEY=s3cret\n")));
    CHECK_FALSE(plan.steps[0].blocked);

    Found same_file = file_with(secret("KEY=s3cret\n"), 0600);
    same_file.sources = there.sources;
    CHECK(planned(entry, same_file).steps.empty());

    there.sources = {std::nullopt};
    const Plan waiting = planned(entry, there);
    REQUIRE(waiting.steps.size() == 1);
    CHECK_FALSE(waiting.steps[0].content);
    CHECK(waiting.steps[0].blocked->kind == "no_source");

    there.sources = {Secret(std::string_view("two\nlines"))};
    CHECK(refusal(entry, there) == "several_lines");
    entry.content = secret("KEY=x@T@\n");
    CHECK(refusal(entry, there) == "token_not_found");
}

TEST_CASE("an unknown owner blocks a run, not a check", "[lago_files][plan]") {
    Entry entry = a_file("same");
    entry.unknown_owner = Failure{.what = "chown failed", .kind = "unknown_user"};
    const Plan plan = planned(entry, file_with("same"));
    REQUIRE(plan.steps.size() == 1);
    CHECK(plan.steps[0].blocked->kind == "unknown_user");
}

TEST_CASE("a setgid folder gives its group to what is new in it", "[lago_files][plan]") {
    Found found = nothing();
    found.inherited_group = 4711;
    CHECK(planned(a_file("x"), found).after.entries[0].attributes.gid == 4711);
    Entry asked = a_file("x");
    asked.attributes = ansible::FileOptions::of({}, 12, {});
    CHECK(planned(asked, found).after.entries[0].attributes.gid == 12);
}

}  // namespace lago::files
