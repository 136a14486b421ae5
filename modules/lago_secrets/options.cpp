// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/ascii.hpp"
#include "lago_secrets/lago_secrets.hpp"

namespace lago::secrets {

namespace {

// 128 bits cannot be guessed; an env file's line is no place for more than a kilobyte.
constexpr int fewest_bytes = 16;
constexpr int most_bytes = 1024;

Failure bad_option(std::size_t at, std::string why, std::string hint) {
    return {.what = "secrets[" + std::to_string(at) + "]",
            .why = std::move(why),
            .hint = std::move(hint),
            .kind = "bad_option",
            .facts = {{"entry", static_cast<std::int64_t>(at)}}};
}

bool is_variable(std::string_view name) {
    return !name.empty() && !ascii::is_digit(name.front()) &&
           std::ranges::all_of(name, [](char c) { return ascii::is_alphanumeric(c) || c == '_'; });
}

std::string variable_in(std::size_t at, std::string_view option, std::string name) {
    if (is_variable(name)) return name;
    throw bad_option(at, "'" + std::string(option) + "' is not the name of a variable",
                     "Letters, digits and underscores, with no digit first");
}

Encoding encoding_of(std::string_view name) {
    if (name == "base64") return Encoding::base64;
    return name == "urlsafe" ? Encoding::urlsafe : Encoding::hex;
}

std::size_t bytes_in(std::size_t at, const Options& options) {
    const int bytes = options.get<int>("bytes");
    if (bytes < fewest_bytes || bytes > most_bytes)
        throw bad_option(at, "'bytes' is " + std::to_string(bytes), "From 16 to 1024 can be meant");
    return static_cast<std::size_t>(bytes);
}

std::optional<Adopt> adopt_in(std::size_t at, const std::string& name, const Options& options) {
    const auto adopt = options.find<Options>("adopt");
    if (!adopt) return std::nullopt;
    const auto variable = adopt->find<std::string>("variable");
    return Adopt{.path = system::Path(adopt->get<std::string>("path"),
                                      "secrets[" + std::to_string(at) + "].adopt.path"),
                 .variable = variable ? variable_in(at, "adopt.variable", *variable) : name,
                 .by_any_name = !variable,
                 .part = adopt->get<std::string>("part") == "url_password" ? Adopt::Part::url_password
                                                                           : Adopt::Part::value};
}

Wish read_wish(std::size_t at, const Options& options) {
    std::string name = variable_in(at, "name", options.get<std::string>("name"));
    auto adopt = adopt_in(at, name, options);
    return {.name = std::move(name),
            .bytes = bytes_in(at, options),
            .encoding = encoding_of(options.get<std::string>("encoding")),
            .adopt = std::move(adopt)};
}

}  // namespace

Desired read_options(const Options& options) {
    const system::Path path(options.get<std::string>("path"), "path");
    Desired desired{.path = path, .secrets = {}, .attributes = {}, .unknown_owner = {}};
    const auto wishes = options.get<std::vector<Options>>("secrets");
    for (std::size_t at = 0; at < wishes.size(); ++at) {
        Wish wish = read_wish(at, wishes[at]);
        if (std::ranges::find(desired.secrets, wish.name, &Wish::name) != desired.secrets.end())
            throw bad_option(at, wish.name + " is named twice", "Name each secret once");
        desired.secrets.push_back(std::move(wish));
    }
    try {
        desired.attributes = ansible::FileOptions::from(options, path);
    } catch (const Failure& failure) {
        desired.unknown_owner = failure;
    }
    return desired;
}

}  // namespace lago::secrets
