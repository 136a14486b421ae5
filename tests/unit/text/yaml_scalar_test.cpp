// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/yaml_scalar.hpp"

#include <catch2/catch_test_macros.hpp>

namespace lago::text {

namespace {

const std::string name = "lago_front_environment_variable_lago_disable_signup";

// The example configuration of Lago's page in the MASH documentation.
const std::string page = R"(########################################################################
#                                                                      #
# lago                                                                 #
#                                                                      #
########################################################################

lago_enabled: true

lago_hostname: lago.example.com

# Generate this using `openssl genrsa 2048 | base64 --wrap=0`
lago_api_environment_variable_lago_rsa_private_key: ''

# WARNING: remove this after you create your user account,
# unless you'd like to run a server with public registration enabled.
lago_front_environment_variable_lago_disable_signup: false

# Redis configuration, as described below
lago_redis_hostname: "{{ redis_identifier }}"
lago_api_systemd_required_services_list_custom:
  - "{{ redis_identifier }}.service"

########################################################################
#                                                                      #
# /lago                                                                #
#                                                                      #
########################################################################
)";

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

std::string set_true(std::string_view content, const std::string& key = "x") {
    const auto changed = replace_scalar(content, key, "true");
    if (!changed) FAIL(changed.error().message);
    return *changed;
}

YamlError::Kind refusal(std::string_view content, const std::string& key = "x") {
    const auto changed = replace_scalar(content, key, "true");
    REQUIRE_FALSE(changed.has_value());
    CHECK(changed.error().message.find("planted-secret") == std::string::npos);
    return changed.error().kind;
}

}  // namespace

TEST_CASE("the page's own vars.yml: one word changes", "[text][yaml]") {
    const std::string wanted = replaced(page, "signup: false", "signup: true");
    CHECK(set_true(page, name) == wanted);
    CHECK(set_true(replaced(page, "\n", "\r\n"), name) == replaced(wanted, "\n", "\r\n"));
    CHECK(set_true("\xef\xbb\xbf" + page, name) == "\xef\xbb\xbf" + wanted);
    CHECK(set_true("\xef\xbb\xbf" + replaced(page, "\n", "\r\n"), name) ==
          "\xef\xbb\xbf" + replaced(wanted, "\n", "\r\n"));
    CHECK(find_scalar(page, name)->line == 16);
    CHECK(find_scalar(page, name)->value == "false");
}

TEST_CASE("plain and quoted values, blanks and comments around them", "[text][yaml]") {
    CHECK(set_true("x: false") == "x: true");
    CHECK(set_true("---\nx:   no   # why: 'not'\ny: 1\n") == "---\nx:   true   # why: 'not'\ny: 1\n");
    CHECK(set_true("x: 'it''s'  # it's\n") == "x: true  # it's\n");
    CHECK(set_true("x: \"a \\\" # b\" # c\n") == "x: true # c\n");
    CHECK(set_true("x: a#b\n") == "x: true\n");
    CHECK(set_true("'x': 1\n") == "'x': true\n");
    CHECK(set_true("\"x\": 1\n") == "\"x\": true\n");
    CHECK(set_true("x : 1\n") == "x : true\n");
    CHECK(set_true("  x: 1\n  y: 2\n") == "  x: true\n  y: 2\n");
    CHECK(set_true("\xc3\xa4: \xc3\xb6 # \xe2\x82\xac\nx: \xc3\xbc\n") ==
          "\xc3\xa4: \xc3\xb6 # \xe2\x82\xac\nx: true\n");
    CHECK(set_true("x: false\n...\n") == "x: true\n...\n");
    CHECK(set_true("y: &a {x: 1}\nz: *a\nx: 2\n") == "y: &a {x: 1}\nz: *a\nx: true\n");
    CHECK(find_scalar("x: 'no'\n", "x")->plain == false);
    CHECK(find_scalar("x: 'no'\n", "x")->value == "no");
}

TEST_CASE("a nested key, a comment or a text of that name is not the one", "[text][yaml]") {
    CHECK(set_true("y:\n  x: 1\n# x: 2\nx: 3\nz: 'x: 4'\n") == "y:\n  x: 1\n# x: 2\nx: true\nz: 'x: 4'\n");
    CHECK(set_true("t: |\n  x: 1\nx: 2\n") == "t: |\n  x: 1\nx: true\n");
    CHECK(refusal("y:\n  x: 1\n") == YamlError::Kind::not_found);
    CHECK(refusal("# x: 1\ny: x\n") == YamlError::Kind::not_found);
    CHECK(refusal("") == YamlError::Kind::not_found);
    CHECK(refusal("# nothing\n") == YamlError::Kind::not_found);
}

TEST_CASE("what is refused, each for its reason", "[text][yaml]") {
    CHECK(refusal("x: '{{ planted-secret }}'\n") == YamlError::Kind::template_);
    CHECK(refusal("x: \"{% if a %}b{% endif %}\"\n") == YamlError::Kind::template_);
    CHECK(refusal("x: a {{ b }}\n") == YamlError::Kind::template_);
    CHECK(refusal("x: {{ b }}\n") == YamlError::Kind::shape);
    CHECK(refusal("x: &a true\ny: *a\n") == YamlError::Kind::reference);
    CHECK(refusal("y: &a true\nx: *a\n") == YamlError::Kind::reference);
    CHECK(refusal("x: !!str true\n") == YamlError::Kind::reference);
    CHECK(refusal("x: !unsafe planted-secret\n") == YamlError::Kind::reference);
    CHECK(refusal("x: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3061\n") == YamlError::Kind::encrypted);
    CHECK(refusal("$ANSIBLE_VAULT;1.1;AES256\n3061\n") == YamlError::Kind::encrypted);
    CHECK(refusal("x: |\n  planted-secret\n") == YamlError::Kind::multi_line);
    CHECK(refusal("x: >-\n  planted-secret\n") == YamlError::Kind::multi_line);
    CHECK(refusal("x: planted-secret\n  goes on\n") == YamlError::Kind::multi_line);
    CHECK(refusal("x: 'planted-secret\n  goes on'\n") == YamlError::Kind::multi_line);
    CHECK(refusal("x:\n  planted-secret\n") == YamlError::Kind::multi_line);
    CHECK(refusal("x:\ny: 1\n") == YamlError::Kind::shape);
    CHECK(refusal("x: [1]\n") == YamlError::Kind::shape);
    CHECK(refusal("x:\n  - 1\n") == YamlError::Kind::shape);
    CHECK(refusal("{y: 1, x: 2}\n") == YamlError::Kind::shape);
    CHECK(refusal("? x\n: 2\n") != YamlError::Kind::not_found);
    CHECK(refusal("x: 1\ny: 2\nx: 3\n") == YamlError::Kind::duplicate);
    CHECK(refusal("x: 1\n---\ny: 1\n") == YamlError::Kind::not_yaml);
    CHECK(refusal(",--\nx: 1\n") == YamlError::Kind::not_yaml);
    CHECK(refusal("x: 'a'\r# b\n") == YamlError::Kind::not_yaml);
    CHECK(refusal("- x\n") == YamlError::Kind::not_yaml);
    CHECK(refusal("just text\n") == YamlError::Kind::not_yaml);
    CHECK(refusal("x: 'open\n") == YamlError::Kind::multi_line);
    CHECK(refusal("x: 1\n\ty: 2\n z: [\n") == YamlError::Kind::not_yaml);
    CHECK(refusal(std::string_view("x: 1\0\n", 6)) == YamlError::Kind::not_yaml);
    CHECK(refusal(std::string(100'000, '[')) == YamlError::Kind::not_yaml);
}

TEST_CASE("a value that needs quotes is not written bare", "[text][yaml]") {
    CHECK(replace_scalar("x: 1\n", "x", "a: b").error().kind == YamlError::Kind::shape);
    CHECK(replace_scalar("x: 1\n", "x", "a # b").error().kind == YamlError::Kind::shape);
    CHECK(replace_scalar("x: 1\n", "x", "a\ny: b").error().kind == YamlError::Kind::shape);
}

TEST_CASE("booleans are those of YAML 1.1", "[text][yaml]") {
    CHECK(yaml_boolean("yes") == true);
    CHECK(yaml_boolean("On") == true);
    CHECK(yaml_boolean("FALSE") == false);
    CHECK_FALSE(yaml_boolean("tRUE").has_value());
    CHECK_FALSE(yaml_boolean("1").has_value());
    CHECK_FALSE(yaml_boolean("y").has_value());
}

}  // namespace lago::text
