// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/verifier.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/failure.hpp"

namespace lago::postgres {

namespace {

constexpr std::string_view scram_prefix = "SCRAM-SHA-256$";
constexpr std::string_view md5_prefix = "md5";
constexpr std::size_t md5_digits = 32;
constexpr int most_iterations = 10'000'000;
constexpr std::size_t salt_length = 16;

/// Cuts `text` at the first `mark`; nothing where there is none.
std::optional<std::pair<std::string_view, std::string_view>> cut(std::string_view text, char mark) {
    const std::size_t at = text.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    return std::pair(text.substr(0, at), text.substr(at + 1));
}

std::optional<int> parse_iterations(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > most_iterations)
        return std::nullopt;
    return number;
}

std::optional<internals::Key> parse_key(std::string_view text) {
    const auto bytes = internals::decode_base64(text);
    internals::Key key{};
    if (!bytes || bytes->size() != key.size()) return std::nullopt;
    std::ranges::copy(*bytes, key.begin());
    return key;
}

bool is_md5(std::string_view text) {
    return text.starts_with(md5_prefix) && text.size() == md5_prefix.size() + md5_digits &&
           text.find_first_not_of("0123456789abcdef", md5_prefix.size()) == std::string_view::npos;
}

Form form(std::string_view text) {
    if (is_md5(text)) return Form::md5;
    return parse_scram(text) ? Form::scram : Form::clear;
}

Match check_scram(std::string_view stored, const Secret& password) {
    const std::optional<ScramVerifier> verifier = parse_scram(stored);
    if (!verifier) return Match::unreadable;
    std::string prepared = internals::prepared_password(password.expose());
    const auto key = internals::server_key(prepared, verifier->salt, verifier->iterations);
    secrets::wipe(prepared);
    if (!key) return Match::unreadable;
    return *key == verifier->server_key ? Match::yes : Match::no;
}

Match check_md5(const Secret& stored, const Secret& password, const std::string& role) {
    std::string clear(password.expose());
    std::optional<std::string> made = internals::md5_secret(clear, role);
    secrets::wipe(clear);
    if (!made) return Match::unreadable;
    return Secret(std::move(*made)).same_as(stored) ? Match::yes : Match::no;
}

}  // namespace

std::optional<ScramVerifier> parse_scram(std::string_view text) {
    if (!text.starts_with(scram_prefix)) return std::nullopt;
    const auto parts = cut(text.substr(scram_prefix.size()), '$');
    if (!parts) return std::nullopt;
    const auto settings = cut(parts->first, ':');
    const auto keys = cut(parts->second, ':');
    if (!settings || !keys) return std::nullopt;

    const auto iterations = parse_iterations(settings->first);
    auto salt = internals::decode_base64(settings->second);
    const auto stored_key = parse_key(keys->first);
    const auto server_key = parse_key(keys->second);
    if (!iterations || !salt || salt->empty() || !stored_key || !server_key) return std::nullopt;
    return ScramVerifier{*iterations, std::move(*salt), *stored_key, *server_key};
}

Form form_of(const Secret& text) {
    return form(text.expose());
}

Match matches(const Secret& stored, const Secret& password, const std::string& role) {
    if (form_of(password) != Form::clear) return stored.same_as(password) ? Match::yes : Match::no;
    switch (form_of(stored)) {
        case Form::scram:
            return check_scram(stored.expose(), password);
        case Form::md5:
            return check_md5(stored, password, role);
        case Form::clear:
            break;
    }
    return Match::unreadable;
}

std::optional<Secret> make_verifier(const Secret& password, int iterations) {
    if (form_of(password) != Form::clear) return password;
    const auto salt = internals::random_bytes(salt_length);
    if (!salt) return std::nullopt;
    std::string prepared = internals::prepared_password(password.expose());
    std::optional<std::string> made = internals::scram_secret(prepared, *salt, iterations);
    secrets::wipe(prepared);
    if (!made) return std::nullopt;
    return Secret(std::move(*made));
}

void check_password(const Secret& password, std::string_view option) {
    const auto refuse = [&](std::string why, std::string hint) {
        throw Failure{.what = "option " + std::string(option) + " cannot be used",
                      .why = std::move(why),
                      .hint = std::move(hint),
                      .kind = "bad_password",
                      .facts = {}};
    };
    if (password.empty())
        refuse("the password is empty", "Leave the option out to keep the password that the role has");
    if (password.size() > longest_password)
        refuse("the password has " + std::to_string(password.size()) + " bytes and at most " +
                   std::to_string(longest_password) + " are taken",
               "");
    if (password.expose().find('\0') != std::string_view::npos)
        refuse("the password holds a NUL character", "");
    if (!internals::is_utf8(password.expose())) refuse("the password is not valid UTF-8", "");
}

}  // namespace lago::postgres
