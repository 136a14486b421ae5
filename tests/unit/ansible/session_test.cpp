// SPDX-License-Identifier: GPL-3.0-or-later

// What is ours alone, and what the oracle cannot see: the log line. Everything else is held against
// AnsibleModule there.
#include "ansible/session.hpp"

#include <catch2/catch_test_macros.hpp>

#include "ansible/json.hpp"

namespace lago::ansible {

namespace {

struct Emptied {
    ~Emptied() { secrets::wipe(); }
};

ModuleSpec spec(const char* json) {
    return ModuleSpec::from(*parse_json(json));
}

Dict dict(const char* json) {
    return *parse_json(json)->as_dict();
}

std::string log_line(const char* options, const char* parameters) {
    const Emptied after;
    const ModuleSpec module = spec(options);
    Session session(module, "lago_test", Session::Hide::every_form);
    CHECK_FALSE(session.start(dict(parameters)));
    return session.log_line();
}

}  // namespace

TEST_CASE("the log says what was asked, without secrets", "[session]") {
    const char* options =
        R"({"argument_spec": {"name": {}, "key": {"no_log": true}, "db_password": {}, "url": {},
        "content": {}, "list": {"type": "list"}}, "hidden_in_invocation": ["content"]})";
    CHECK(log_line(options,
                   R"({"name": "x", "key": "hunter2", "db_password": "other", "url": "http://u:pw@h/ hunter2",
        "content": "hidden", "list": ["a", "hunter2"]})") ==
          "Invoked with name=x key=NOT_LOGGING_PARAMETER db_password=NOT_LOGGING_PASSWORD "
          "url=http://u:********@h/ ******** "
          "content=NOT_LOGGING_PARAMETER list=['a', '********']");
    CHECK(log_line(R"({"argument_spec": {}})", "{}") == "Invoked");
    CHECK(log_line(R"({"argument_spec": {"a": {}}})", R"({"a": "1", "_ansible_target_log_info": "run 7"})") ==
          "run 7 Invoked with a=1");
    CHECK(log_line(R"({"argument_spec": {"a": {}}})", R"({"a": "1", "_ansible_no_log": true})").empty());
    CHECK(log_line(R"({"argument_spec": {"a": {}}, "no_log": true})", R"({"a": "1"})").empty());
}

TEST_CASE("what looks like a URL's password is blanked", "[session]") {
    CHECK(without_url_passwords("http://user:secret@host/path") == "http://user:********@host/path");
    CHECK(without_url_passwords("user:secret@host") == "user:********@host");
    CHECK(without_url_passwords("http://h/ and ftp://u:p@g/ end") == "http://h/ and ftp://u:********@g/ end");
    CHECK(without_url_passwords("a@b") == "a@b");
    CHECK(without_url_passwords("").empty());
    CHECK(without_url_passwords("http://a:b@c https://d:e@f") == "http://a:********@c https://d:********@f");
}

TEST_CASE("names that look like passwords", "[session]") {
    for (const char* name : {"password", "PASS", "db_password", "db-pass", "my pass word", "passwd",
                             "pass_phrase", "password_file", "x_pass_y"})
        CHECK(looks_like_password(name));
    for (const char* name : {"passthrough", "bypass", "compass", "_pass", "passwords", "pas", ""})
        CHECK_FALSE(looks_like_password(name));
}

TEST_CASE("unknown keys of the controller are dropped in silence", "[session]") {
    const ModuleSpec module = spec(R"({"argument_spec": {"a": {}}})");
    Session session(module, "lago_test", Session::Hide::every_form);
    CHECK_FALSE(session.start(dict(R"({"a": "1", "_ansible_of_the_future": {"x": 1}})")));
    CHECK(session.parameters() == Dict{{"a", "1"}});
}

TEST_CASE("hidden options stand nowhere in the invocation, in any shape", "[session]") {
    const ModuleSpec module =
        spec(R"({"argument_spec": {"entries": {"type": "list", "elements": "dict", "options": {"content": {},
        "path": {}}}}, "hidden_in_invocation": ["entries.content"]})");
    for (const char* given : {R"([{"path": "/a", "content": "planted"}])", R"("path=/a content=planted")",
                              R"(["content=planted"])", R"({"content": "planted"})"}) {
        Session session(module, "lago_test", Session::Hide::every_form);
        const auto over = session.start(
            dict((R"({"_ansible_version": "2.15.0", "entries": )" + std::string(given) + "}").c_str()));
        const std::string text = over ? over->text : session.exit(Dict{}).text;
        INFO(text);
        CHECK(text.find("\"module_args\"") != std::string::npos);
        CHECK(text.find("planted") == std::string::npos);
        CHECK(session.log_line().find("planted") == std::string::npos);
    }
}

TEST_CASE("a failure says what, why and what to do", "[session]") {
    const Emptied after;
    const ModuleSpec module = spec(R"({"argument_spec": {"key": {"no_log": true}}})");
    Session session(module, "lago_test", Session::Hide::every_form);
    CHECK_FALSE(session.start(dict(R"({"key": "hunter2"})")));
    const Answer answer = session.fail(Failure{.what = "cannot log in",
                                               .why = "password \"hunter2\" was\xff refused",
                                               .hint = "Check it",
                                               .kind = "wrong_password",
                                               .facts = {{"sqlstate", "28P01"}}});
    CHECK(answer.code == 1);
    CHECK(*parse_json(answer.text) ==
          Value(Dict{{"failed", true},
                     {"changed", false},
                     {"error_kind", "wrong_password"},
                     {"sqlstate", "28P01"},
                     {"msg", "cannot log in: password \"********\" was\xef\xbf\xbd refused. Check it"}}));
}

TEST_CASE("a server's own full stop is not doubled", "[session]") {
    const Emptied after;
    const ModuleSpec module = spec(R"({"argument_spec": {}})");
    Session session(module, "lago_test", Session::Hide::every_form);
    CHECK_FALSE(session.start(dict("{}")));
    const Value answer =
        *parse_json(session.fail(Failure{.what = "cannot log in", .why = "Go away.", .hint = "Wait"}).text);
    CHECK(*answer.as_dict()->find("msg")->as_string() == "cannot log in: Go away. Wait");
}

TEST_CASE("a megabyte of words is cut, and no secret with it", "[session]") {
    const Emptied after;
    const ModuleSpec module = spec(R"({"argument_spec": {"key": {"no_log": true}}})");
    Session session(module, "lago_test", Session::Hide::every_form);
    CHECK_FALSE(session.start(dict(R"({"key": "planted-secret"})")));
    for (std::size_t before = 8170; before < 8200; ++before) {  // around the place of the cut
        const std::string words =
            std::string(before, '.') + "planted-secret" + std::string(1U << 20U, '-') + "\u00e4";
        const Value answer = *parse_json(
            session.fail(Failure{.what = words, .why = words, .hint = "Wait", .kind = "", .facts = {}}).text);
        const std::string message = *answer.as_dict()->find("msg")->as_string();
        CHECK(message.size() < 17000);
        CHECK(message.find("plant") == std::string::npos);
        CHECK(message.ends_with(" bytes). Wait"));
    }
    const std::string umlauts = "x" + std::string(8191, '\xc3');  // no UTF-8 at all
    CHECK(parse_json(session.fail(Failure{.what = umlauts + umlauts}).text));
}

TEST_CASE("a secret is hidden in each form that it may come back in", "[session]") {
    const Emptied after;
    const ModuleSpec module =
        spec(R"({"argument_spec": {"keys": {"type": "list", "no_log": true}, "text": {}}})");
    Session session(module, "lago_test", Session::Hide::every_form);
    CHECK_FALSE(session.start(dict(
        R"({"keys": "first one,it's \\ two", "text": ["it's \\ two", 1], "_ansible_version": "2.15.0"})")));
    const std::string text =
        session.exit(Dict{{"json", to_json("it's \\ two")}, {"shell", "first one"}}).text;
    INFO(text);
    CHECK(text.find("two") == std::string::npos);
    CHECK(text.find("first") == std::string::npos);
}

TEST_CASE("a difference is printed only where it is asked for", "[session]") {
    const ModuleSpec module = spec(R"({"argument_spec": {}})");
    Result result;
    result.changed = true;
    result.diff = Diff{{{.before = "a", .after = "b", .before_header = "x", .after_header = ""}}};
    for (const bool asked : {false, true}) {
        Session session(module, "lago_test", Session::Hide::every_form);
        CHECK_FALSE(session.start(Dict{{"_ansible_diff", asked}}));
        const auto printed = *parse_json(session.exit(result).text);
        const Value* diff = printed.as_dict()->find("diff");
        REQUIRE((diff != nullptr) == asked);
        if (asked) CHECK(*diff == Value(Dict{{"before", "a"}, {"after", "b"}, {"before_header", "x"}}));
    }
}

TEST_CASE("only what was asked for in so many words is disclosed", "[session]") {
    const Emptied after;
    const ModuleSpec module = spec(R"({"argument_spec": {}})");
    Session session(module, "lago_test", Session::Hide::every_form);
    CHECK_FALSE(session.start({}));
    Result result;
    result.returned = Dict{{"text", "it is hunter2"}};
    result.disclosed.emplace_back("content", Secret(std::string_view("hunter2")));
    const auto printed = *parse_json(session.exit(result).text);
    CHECK(*printed.as_dict()->find("content") == Value("hunter2"));
    CHECK(*printed.as_dict()->find("text") == Value("it is ********"));
}

}  // namespace lago::ansible
