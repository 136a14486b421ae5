// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch_test_macros.hpp>

#include "ansible/json.hpp"
#include "values.hpp"

namespace lago::files {

namespace {

Result reported(const Desired& desired, const Observed& before, const Done& done = {}) {
    return report(desired, before, make_plan(desired, before), done);
}

std::string text_of(const Result& result) {
    std::string text = ansible::to_json(result.returned);
    for (const DiffPart& part : result.diff->parts)
        text += ansible::to_json(part.before) + ansible::to_json(part.after) + part.before_header +
                part.after_header;
    return text;
}

}  // namespace

TEST_CASE("what changed is named by path and by tag, each once", "[lago_files][report]") {
    Desired desired{.entries = {a_file("1", "/a"), a_file("2", "/b"), a_file("3", "/c"), a_file("4", "/d")}};
    desired.entries[0].tag = desired.entries[1].tag = "api";
    desired.entries[2].tag = "front";
    const Observed before{
        .entries = {nothing("/a"), nothing("/b"), file_with("3", 0644, "/c"), nothing("/d")}};
    const Result result = reported(desired, before);
    CHECK(result.changed);
    CHECK(*result.returned.find("changed_paths") == list_of({"/a", "/b", "/d"}));
    CHECK(*result.returned.find("changed_tags") == list_of({"api"}));
    CHECK(*result.returned.find("skipped_paths") == Value(List{}));
    CHECK_FALSE(result.returned.contains("backup_files"));
}

TEST_CASE("the diff of a plain file is its text, of a secret one only names", "[lago_files][report]") {
    const Result plain = reported({.entries = {a_file("new\n")}}, {.entries = {file_with("old\n")}});
    REQUIRE(plain.diff->parts.size() == 1);
    CHECK(plain.diff->parts[0].before == Value("old\n"));
    CHECK(plain.diff->parts[0].after == Value("new\n"));

    const Result hidden = reported({.entries = {a_file(secret("A=planted1\nB=same\n"))}},
                                   {.entries = {file_with(secret("A=planted2\nB=same\n"), 0600)}});
    CHECK(hidden.diff->parts[0].after == Value("A=(hidden, changed)\n"));
    CHECK(text_of(hidden).find("planted") == std::string::npos);
    CHECK(text_of(hidden).find("same") == std::string::npos);
}

TEST_CASE("a change of attributes is shown as AnsibleModule shows it", "[lago_files][report]") {
    Entry entry = a_file("x");
    entry.attributes = ansible::FileOptions::of({}, {}, Value("0600"));
    const Result result = reported({.entries = {entry}}, {.entries = {file_with("x", 0644)}});
    REQUIRE(result.diff->parts.size() == 1);
    CHECK(result.diff->parts[0].before == Value(Dict{{"mode", "0644"}}));
    CHECK(result.diff->parts[0].after == Value(Dict{{"mode", "0600"}}));
}

TEST_CASE("no change is no diff, and what is skipped is named", "[lago_files][report]") {
    Found found = nothing();
    found.skipped = true;
    const Result result = reported({.entries = {a_file("x")}}, {.entries = {found}});
    CHECK_FALSE(result.changed);
    CHECK(result.diff->parts.empty());
    CHECK(*result.returned.find("skipped_paths") == list_of({"/srv/x"}));
}

TEST_CASE("binary and very long contents are not shown", "[lago_files][report]") {
    const Result binary = reported({.entries = {a_file(std::string("a\0b", 3))}}, {.entries = {nothing()}});
    CHECK(binary.diff->parts[0].after == Value("(binary, 3 bytes)\n"));
    const Result large = reported({.entries = {a_file(std::string(200'000, 'x'))}}, {.entries = {nothing()}});
    CHECK(large.diff->parts[0].after == Value("(200000 bytes)\n"));
}

}  // namespace lago::files
