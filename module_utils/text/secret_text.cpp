// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/secret_text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "core/ascii.hpp"
#include "text/service_url.hpp"
#include "text/url.hpp"

namespace lago::text {

namespace {

struct Line {
    std::string_view text;  // without its end
    std::string_view end;   // "", "\n" or "\r\n"
};

std::vector<Line> lines_of(std::string_view content) {
    std::vector<Line> lines;
    while (!content.empty()) {
        const std::size_t feed = std::min(content.find('\n'), content.size());
        const std::size_t next = std::min(feed + 1, content.size());
        const std::size_t end =
            feed > 0 && feed < content.size() && content[feed - 1] == '\r' ? feed - 1 : feed;
        lines.push_back({content.substr(0, end), content.substr(end, next - end)});
        content.remove_prefix(next);
    }
    return lines;
}

bool fits_on_a_line(std::string_view value) {
    return value.find_first_of(std::string_view("\n\r\0", 3)) == std::string_view::npos;
}

const Replacement* replacement_of(std::string_view text, const std::vector<Replacement>& replacements) {
    const auto found = std::ranges::find(replacements, text, &Replacement::token);
    return found == replacements.end() ? nullptr : &*found;
}

using Variables = std::map<std::string_view, std::string_view>;

bool is_name(std::string_view name) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    return !name.empty() && letters.find(name.front()) != std::string_view::npos &&
           name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == std::string_view::npos;
}

// Only what cannot be anything else: a lone "ABCD2345==" may be a key in base32, and its "name" a secret.
std::optional<Variables> variables_of(std::string_view content) {
    Variables variables;
    for (const Line& line : lines_of(content)) {
        if (line.text.empty() || line.text.starts_with('#')) continue;
        const std::size_t equals = line.text.find('=');
        if (equals == std::string_view::npos || !is_name(line.text.substr(0, equals))) return std::nullopt;
        variables[line.text.substr(0, equals)] = line.text.substr(equals + 1);
    }
    if (variables.size() > 1) return variables;
    if (variables.empty()) return content.empty() ? std::optional(variables) : std::nullopt;
    const auto& [name, value] = *variables.begin();
    const bool could_be_padding = value.find_first_not_of('=') == std::string_view::npos;
    return could_be_padding || name.find('_') == std::string_view::npos ? std::nullopt
                                                                        : std::optional(variables);
}

constexpr std::string_view hidden = "(hidden)\n";
constexpr std::string_view changed = "(hidden, changed)\n";

void mention(std::string& text, std::string_view name, std::string_view what) {
    text.append(name).append("=").append(what);
}

Outline variables_that_differ(const Variables& before, const Variables& after) {
    Outline outline;
    for (const auto& [name, value] : before) {
        const auto now = after.find(name);
        if (now != after.end() && now->second == value) continue;
        mention(outline.before, name, hidden);
        if (now != after.end()) mention(outline.after, name, changed);
    }
    for (const auto& [name, value] : after)
        if (!before.contains(name)) mention(outline.after, name, hidden);
    return outline;
}

// Order, comments or line ends differ, and nothing that could be named.
Outline something_differs(bool existed, bool exists) {
    return {.before = std::string(existed ? hidden : ""),
            .after = std::string(!exists   ? ""
                                 : existed ? changed
                                           : hidden)};
}

bool names_a_secret(std::string_view name) {
    std::string upper(name);
    std::ranges::transform(upper, upper.begin(), ascii::raised);
    constexpr std::array words = {"PASS", "PWD",        "SECRET",  "KEY", "TOKEN",
                                  "SALT", "CREDENTIAL", "LICENSE", "DSN"};
    return std::ranges::any_of(words, [&](std::string_view word) { return upper.contains(word); });
}

// scheme://user:PASSWORD@host; one that was not percent-encoded may hold any sign, '@' too.
std::string_view password_in_url(std::string_view text) {
    const std::size_t scheme = text.find("://");
    if (scheme == text.npos) return {};
    const std::string_view rest = text.substr(scheme + 3);
    const std::size_t at = rest.rfind('@');
    const std::size_t colon = rest.find(':');
    return at == rest.npos || colon >= at ? std::string_view() : rest.substr(colon + 1, at - colon - 1);
}

// What is shorter, or a plain word, would blank half of a text.
void keep(std::string_view value) {
    constexpr std::size_t shortest = 4;
    if (value.size() >= shortest && value != "true" && value != "false") Secret{value};
}

}  // namespace

std::expected<Secret, SubstituteError> substitute(const Secret& content,
                                                  const std::vector<Replacement>& replacements) {
    std::string made;
    std::vector<const Replacement*> used;
    for (const Line& line : lines_of(content.expose())) {
        const std::size_t equals = line.text.find('=');
        const Replacement* whole = replacement_of(line.text, replacements);
        const Replacement* value = whole == nullptr && equals != std::string_view::npos
                                       ? replacement_of(line.text.substr(equals + 1), replacements)
                                       : nullptr;
        const Replacement* found = whole != nullptr ? whole : value;
        if (found == nullptr) {
            made.append(line.text).append(line.end);
            continue;
        }
        std::string text = without_line_end(found->value.expose());
        if (value != nullptr && !fits_on_a_line(text)) {
            secrets::wipe(text);
            secrets::wipe(made);
            return std::unexpected(SubstituteError{SubstituteError::Kind::several_lines, found->token});
        }
        if (value != nullptr) made.append(line.text.substr(0, equals + 1));
        made.append(text).append(line.end);
        secrets::wipe(text);
        used.push_back(found);
    }
    for (const Replacement& replacement : replacements)
        if (std::ranges::find(used, &replacement) == used.end()) {
            secrets::wipe(made);
            return std::unexpected(
                SubstituteError{SubstituteError::Kind::not_a_whole_value, replacement.token});
        }
    return Secret(std::move(made));
}

std::expected<std::optional<Secret>, EnvError> secret_variable(const Secret& env_file,
                                                               std::string_view name) {
    auto variable = find_variable(env_file.expose(), name);
    if (!variable) return std::unexpected(std::move(variable.error()));
    if (!*variable || !(*variable)->value) return std::optional<Secret>();
    return std::optional(Secret(std::move(*(*variable)->value)));
}

std::expected<std::optional<std::string>, EnvError> plain_variable(const Secret& env_file,
                                                                   std::string_view name) {
    auto variable = find_variable(env_file.expose(), name);
    if (!variable) return std::unexpected(std::move(variable.error()));
    if (!*variable) return std::optional<std::string>();
    return std::move((*variable)->value);
}

std::expected<bool, EnvError> sets_variable(const Secret& env_file, std::string_view name) {
    auto variable = find_variable(env_file.expose(), name);
    if (!variable) return std::unexpected(std::move(variable.error()));
    return variable->has_value();
}

std::expected<Secret, EnvError> with_variable(const Secret& env_file, std::string_view name,
                                              const Secret& value) {
    auto content = set_variable(env_file.expose(), name, value.expose());
    if (!content) return std::unexpected(std::move(content.error()));
    return Secret(std::move(*content));
}

void keep_secrets_of_env(std::string_view env_file) {
    for (const Line& line : lines_of(env_file)) {
        const std::size_t equals = line.text.find('=');
        if (equals == std::string_view::npos) continue;
        const std::string_view value = line.text.substr(equals + 1);
        if (names_a_secret(line.text.substr(0, equals))) keep(value);
        const std::string_view password = password_in_url(value);
        keep(password);
        keep(percent_decode(password).value_or(""));
    }
}

std::string without_line_end(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(text.ends_with("\r\n") ? 2 : 1);
    return std::string(text);
}

std::string percent_encoded_line(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(text.ends_with("\r\n") ? 2 : 1);
    return percent_encode(text);
}

Secret surrounded(std::string_view before, const Secret& secret, std::string_view after) {
    std::string middle = without_line_end(secret.expose());
    std::string whole;
    whole.reserve(before.size() + middle.size() + after.size());
    whole.append(before).append(middle).append(after);
    secrets::wipe(middle);
    return Secret(std::move(whole));
}

Outline outline_of_change(const std::optional<Secret>& before, const std::optional<Secret>& after) {
    const auto old_variables = variables_of(before ? before->expose() : "");
    const auto new_variables = variables_of(after ? after->expose() : "");
    if (old_variables && new_variables) {
        Outline outline = variables_that_differ(*old_variables, *new_variables);
        if (!outline.before.empty() || !outline.after.empty()) return outline;
    }
    return something_differs(before.has_value(), after.has_value());
}

}  // namespace lago::text
