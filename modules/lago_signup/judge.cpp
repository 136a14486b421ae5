// SPDX-License-Identifier: GPL-3.0-or-later

// What the answers of a running Lago say about sign-up. registerUser looks at the switch before anything
// else, so its own error code proves a closed API; an existing e-mail is looked for next, so
// `user_already_exists` proves an open one. By version: 0.42 to 1.6.0 say "signup is disabled", 1.6.1 and
// later "signup_disabled"; older ones have no switch. (lago-api, app/services/users_service.rb)

#include <algorithm>

#include "ansible/json.hpp"
#include "lago_signup/lago_signup.hpp"

namespace lago::signup {

namespace {

constexpr std::string_view mutation =
    "mutation($input: RegisterUserInput!) { registerUser(input: $input) { token } }";

// One level of a JSON answer; nothing where it is not there.
const Value* member(const Value* value, std::string_view key) {
    const Dict* dict = value == nullptr ? nullptr : value->as_dict();
    return dict == nullptr ? nullptr : dict->find(key);
}

const Value* first(const Value* value) {
    const List* list = value == nullptr ? nullptr : value->as_list();
    return list == nullptr || list->empty() ? nullptr : &list->front();
}

std::string text_of(const Value* value) {
    const std::string* text = value == nullptr ? nullptr : value->as_string();
    return text == nullptr ? std::string() : *text;
}

bool holds(const Value* list, std::string_view text) {
    const List* items = list == nullptr ? nullptr : list->as_list();
    return items != nullptr &&
           std::ranges::any_of(*items, [&](const Value& item) { return text_of(&item) == text; });
}

struct GraphqlError {
    bool present = false;
    std::string code;
    bool user_exists = false;
};

GraphqlError read_error(const std::string& body) {
    const auto json = ansible::parse_json(body);
    if (!json) return {};
    const Value* error = first(member(&*json, "errors"));
    const Value* extensions = member(error, "extensions");
    return {.present = error != nullptr,
            .code = text_of(member(extensions, "code")),
            .user_exists = holds(member(member(extensions, "details"), "email"), "user_already_exists")};
}

Verdict verdict(Openness openness, const Reply& answer, const GraphqlError& error, std::string reason) {
    return {.openness = openness,
            .reason = std::move(reason),
            .code = error.code.substr(0, 200),
            .status = answer.status,
            .answered = true};
}

std::string unclear(Probe probe, const Reply& health, const Reply& answer, const GraphqlError& error) {
    const std::string status = std::to_string(answer.status);
    if (answer.status >= 300 && answer.status < 400)
        return "the server redirects to " + answer.location.substr(0, 200) + "; give that address instead";
    if (health.status != 200)
        return "/health answers " + std::to_string(health.status) + ": the API is not well";
    if (!error.code.empty()) return "the API answers with an error that says nothing about sign-up";
    if (answer.status >= 500 && probe == Probe::known_email)
        return "the API answers " + status + "; is known_email the e-mail of a user of this Lago?";
    return "the answer (" + status + ") is not one of Lago's";
}

}  // namespace

std::string_view word(Openness openness) {
    switch (openness) {
        case Openness::open:
            return "open";
        case Openness::closed:
            return "closed";
        case Openness::unknown:
            break;
    }
    return "unknown";
}

std::string probe_body(Probe probe, const std::string& known_email) {
    const Dict input{{"email", probe == Probe::known_email ? known_email : ""},
                     {"password", ""},
                     {"organizationName", ""}};
    return ansible::to_json(Dict{{"query", mutation}, {"variables", Dict{{"input", input}}}});
}

Verdict judge_api(Probe probe, const Reply& health, const Reply& answer) {
    const GraphqlError error = read_error(answer.body);
    const auto says = [&](Openness openness, std::string reason) {
        return verdict(openness, answer, error, std::move(reason));
    };
    if (answer.status == 200 && (error.code == "signup_disabled" || error.code == "signup is disabled"))
        return says(Openness::closed, "the API says that sign-up is disabled");
    if (answer.status == 200 && error.code == "unprocessable_entity" && error.user_exists)
        return says(Openness::open,
                    "the API looked for the e-mail, which it does only when sign-up is enabled");
    if ((answer.status == 200 || answer.status == 404) && error.code == "not_found")
        return says(Openness::open,
                    "the API looked for its predefined roles, which are missing (getlago/lago#685)");
    const bool crashed = answer.status == 500 || answer.status == 422;
    if (probe == Probe::blank && crashed && !error.present && health.status == 200)
        return says(Openness::open, "the API tried to create a user from blank fields and failed");
    return says(Openness::unknown, unclear(probe, health, answer, error));
}

namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

// The right side of the last assignment to the variable, without blanks and semicolon.
std::optional<std::string_view> assigned(std::string_view script) {
    constexpr std::string_view variable = "window.LAGO_DISABLE_SIGNUP";
    std::optional<std::string_view> found;
    for (std::size_t at = 0; at < script.size();) {
        const std::size_t end = std::min(script.find('\n', at), script.size());
        std::string_view line = trimmed(script.substr(at, end - at));
        at = end + 1;
        if (!line.starts_with(variable)) continue;
        line = trimmed(line.substr(variable.size()));
        if (!line.starts_with('=') || line.starts_with("==")) continue;
        line = trimmed(line.substr(1));
        if (line.ends_with(';')) line = trimmed(line.substr(0, line.size() - 1));
        found = line;
    }
    return found;
}

bool is_one_string(std::string_view value) {
    return value.size() >= 2 && value.front() == '"' && value.back() == '"' &&
           value.substr(1, value.size() - 2).find('"') == value.npos;
}

}  // namespace

Verdict judge_front(const Reply& answer) {
    const auto says = [&](Openness openness, std::string reason) {
        return verdict(openness, answer, {}, std::move(reason));
    };
    if (answer.status >= 300 && answer.status < 400)
        return says(Openness::unknown, "the server redirects to " + answer.location.substr(0, 200) +
                                           "; give that address instead");
    if (answer.status != 200)
        return says(Openness::unknown, "/env-config.js answers " + std::to_string(answer.status));
    const auto value = assigned(answer.body);
    if (!value) return says(Openness::unknown, "/env-config.js does not set LAGO_DISABLE_SIGNUP");
    if (!is_one_string(*value))
        return says(
            Openness::unknown,
            "LAGO_DISABLE_SIGNUP breaks /env-config.js; write it without quotes in the front's env file");
    if (*value == "\"true\"") return says(Openness::closed, "/env-config.js hides sign-up");
    return says(Openness::open, "/env-config.js does not hide sign-up");
}

void add_side(Dict& dict, const std::string& side, const Verdict& verdict) {
    Dict evidence{{"reason", verdict.reason}};
    if (verdict.status != 0) evidence.set("status", verdict.status);
    if (!verdict.code.empty()) evidence.set("code", verdict.code);
    if (!verdict.error_kind.empty()) evidence.set("error_kind", verdict.error_kind);
    dict.set(side, word(verdict.openness));
    dict.set(side + "_evidence", std::move(evidence));
}

}  // namespace lago::signup
