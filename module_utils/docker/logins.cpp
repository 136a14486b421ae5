// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/logins.hpp"

#include <algorithm>

#include "ansible/json.hpp"
#include "crypto/base64.hpp"
#include "docker/answers.hpp"

namespace lago::docker {

namespace {

// Under this name docker keeps the login of docker.io.
constexpr std::string_view hub_server = "https://index.docker.io/v1/";
constexpr std::string_view hub = "docker.io";

void forget(Value& value) {
    if (std::string* text = value.as_string()) secrets::wipe(*text);
    if (List* list = value.as_list()) std::ranges::for_each(*list, forget);
    if (Dict* dict = value.as_dict())
        for (auto& [key, item] : dict->items()) forget(item);
}

// "https://registry.example.com/v2/" names the registry "registry.example.com".
std::string_view host_of(std::string_view server) {
    for (const std::string_view scheme : {"https://", "http://"})
        if (server.starts_with(scheme)) server.remove_prefix(scheme.size());
    const std::string_view host = server.substr(0, server.find('/'));
    const bool is_hub = host == "index.docker.io" || host == "registry-1.docker.io";
    return is_hub ? hub : host;
}

// What the file says of a registry: under the name that docker writes, else under another one for it.
template <class Entries>
const typename Entries::mapped_type* find(const Entries& entries, std::string_view registry) {
    const auto exact = entries.find(std::string(registry == hub ? hub_server : registry));
    if (exact != entries.end()) return &exact->second;
    const auto found =
        std::ranges::find_if(entries, [&](const auto& entry) { return host_of(entry.first) == registry; });
    return found == entries.end() ? nullptr : &found->second;
}

struct Credentials {
    std::string user;
    std::string password;
};

// "auth": base64 of user:password; older files have both in clear.
std::optional<Credentials> credentials_in(const Value& entry) {
    const std::string encoded = text_in(entry, "auth");
    if (encoded.empty()) return Credentials{text_in(entry, "username"), text_in(entry, "password")};
    std::optional<std::string> decoded = crypto::base64_decode(encoded);
    const std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
    if (colon == std::string::npos) return std::nullopt;
    std::string password = decoded->substr(colon + 1);
    while (password.ends_with('\0')) password.pop_back();
    Credentials found{decoded->substr(0, colon), std::move(password)};
    secrets::wipe(*decoded);
    return found;
}

std::string base64_for_a_url(std::string_view text) {
    std::string encoded = crypto::base64_encode(text);
    std::ranges::replace(encoded, '+', '-');
    std::ranges::replace(encoded, '/', '_');
    return encoded;
}

Secret header_of(Dict said) {
    Value value(std::move(said));
    const Secret json(ansible::to_json(value));
    forget(value);
    return json.map(base64_for_a_url);
}

}  // namespace

void Logins::add(const std::string& server, const Value& entry) {
    auto credentials = credentials_in(entry);
    if (!credentials) {
        entries_[server] = {.header = std::nullopt, .broken = true};
        return;
    }
    const std::string encoded = text_in(entry, "auth");
    Dict said{
        {"username", credentials->user}, {"password", credentials->password}, {"serveraddress", server}};
    bool is_empty = credentials->password.empty();
    for (const std::string key : {"identitytoken", "registrytoken"})
        if (std::string token = text_in(entry, key); !token.empty()) {
            said.set(key, token);
            is_empty = false;
            const Secret known(std::move(token));
        }
    // From here on the result is scrubbed of them.
    const Secret password(std::move(credentials->password));
    const Secret both{std::string_view(encoded)};
    entries_[server] = {.header = is_empty ? std::nullopt : std::optional(header_of(std::move(said))),
                        .broken = false};
}

std::expected<Logins, std::string> Logins::parse(const Secret& config) {
    auto value = ansible::parse_json(config.expose());
    if (!value || value->as_dict() == nullptr) return std::unexpected("it is not a JSON object");
    Logins logins;
    if (const Value* auths = inside(*value, "auths"); auths != nullptr && auths->as_dict() != nullptr)
        for (const auto& [server, entry] : auths->as_dict()->items()) logins.add(server, entry);
    logins.helpers_ = texts_by_name(inside(*value, "credHelpers"));
    logins.store_ = text_in(*value, "credsStore");
    forget(*value);
    return logins;
}

std::expected<Login, std::string> Logins::of(std::string_view registry) const {
    const std::string* helper = find(helpers_, registry);
    if (helper != nullptr && !helper->empty()) return Login{.header = std::nullopt, .helper = *helper};
    const Entry* entry = find(entries_, registry);
    if (entry == nullptr) return Login{};
    // What a store keeps, `docker login` only names here.
    if (!store_.empty()) return Login{.header = std::nullopt, .helper = store_};
    if (entry->broken) return std::unexpected("the login for " + std::string(registry) + " cannot be read");
    return Login{.header = entry->header, .helper = {}};
}

}  // namespace lago::docker
