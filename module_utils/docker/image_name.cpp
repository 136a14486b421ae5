// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/image_name.hpp"

#include <algorithm>

#include "core/ascii.hpp"

namespace lago::docker {

namespace {

constexpr std::string_view hub = "docker.io";
constexpr std::string_view official = "library/";
constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_tag = 128;

bool is_lower(char letter) {
    return ascii::is_lower(letter) || ascii::is_digit(letter);
}
bool is_hex(char letter) {
    return ascii::is_digit(letter) || (letter >= 'a' && letter <= 'f');
}

bool is_made_of(std::string_view text, bool (*fits)(char), std::string_view marks) {
    return std::ranges::all_of(text,
                               [&](char letter) { return fits(letter) || marks.find(letter) != marks.npos; });
}

// Words with separators between them: no component is "", "." or "..".
bool is_component(std::string_view text) {
    return !text.empty() && is_lower(text.front()) && is_lower(text.back()) &&
           is_made_of(text, is_lower, "._-") && text.find("..") == text.npos;
}

bool is_repository(std::string_view text) {
    for (;;) {
        const std::size_t end = std::min(text.find('/'), text.size());
        if (!is_component(text.substr(0, end))) return false;
        if (end == text.size()) return true;
        text.remove_prefix(end + 1);
    }
}

bool is_tag(std::string_view text) {
    return !text.empty() && text.size() <= longest_tag &&
           (ascii::is_alphanumeric(text.front()) || text.front() == '_') &&
           is_made_of(text, ascii::is_alphanumeric, "_.-");
}

bool is_digest(std::string_view text) {
    constexpr std::size_t shortest = 32;
    const std::size_t colon = text.find(':');
    return colon != text.npos && colon > 0 && is_made_of(text.substr(0, colon), is_lower, "+._-") &&
           text.size() - colon - 1 >= shortest && std::ranges::all_of(text.substr(colon + 1), is_hex);
}

bool is_host(std::string_view text) {
    const bool bracketed = text.starts_with('[');
    const std::size_t end = bracketed ? text.find(']') : text.find(':');
    if (bracketed && end == text.npos) return false;
    const std::string_view host = text.substr(bracketed ? 1 : 0, end == text.npos ? end : end - bracketed);
    const std::string_view port = end == text.npos ? "" : text.substr(end + (bracketed ? 1 : 0));
    const bool has_port = !port.empty();
    if (has_port &&
        (port.front() != ':' || port.size() < 2 || !is_made_of(port.substr(1), ascii::is_digit, "")))
        return false;
    if (bracketed) return !host.empty() && is_made_of(host, ascii::is_alphanumeric, ":.");
    return !host.empty() && ascii::is_alphanumeric(host.front()) && ascii::is_alphanumeric(host.back()) &&
           is_made_of(host, ascii::is_alphanumeric, ".-");
}

// Whether what stands before the first slash is a registry and not the first part of a repository.
bool names_registry(std::string_view first) {
    return first == "localhost" || first.find_first_of(".:") != first.npos ||
           !is_made_of(first, is_lower, "_-");
}

}  // namespace

std::optional<ImageName> ImageName::parse(std::string_view text) {
    ImageName name;
    if (const std::size_t at = text.find('@'); at != text.npos) {
        name.digest = text.substr(at + 1);
        text = text.substr(0, at);
        if (!is_digest(name.digest)) return std::nullopt;
    }
    if (const std::size_t slash = text.find('/');
        slash != text.npos && names_registry(text.substr(0, slash))) {
        name.registry = text.substr(0, slash);
        text.remove_prefix(slash + 1);
        if (!is_host(name.registry)) return std::nullopt;
    }
    if (const std::size_t colon = text.find(':'); colon != text.npos) {
        name.tag = text.substr(colon + 1);
        text = text.substr(0, colon);
        if (!is_tag(name.tag)) return std::nullopt;
    }
    if (!is_repository(text) || is_image_id("sha256:" + std::string(text))) return std::nullopt;
    if (name.registry.empty() || name.registry == "index.docker.io") name.registry = hub;
    const bool is_official = name.registry == hub && text.find('/') == text.npos;
    name.repository = (is_official ? std::string(official) : "") + std::string(text);
    if (name.repository.size() > longest_name) return std::nullopt;
    if (name.tag.empty() && name.digest.empty()) name.tag = "latest";
    return name;
}

std::string ImageName::familiar() const {
    if (registry != hub) return registry + "/" + repository;
    const std::string_view rest =
        std::string_view(repository).substr(repository.starts_with(official) ? official.size() : 0);
    return std::string(rest.find('/') == rest.npos ? rest : std::string_view(repository));
}

std::string ImageName::reference() const {
    return familiar() + (digest.empty() ? ":" + tag : "@" + digest);
}

bool is_image_id(std::string_view text) {
    constexpr std::string_view algorithm = "sha256:";
    constexpr std::size_t digits = 64;
    return text.size() == algorithm.size() + digits && text.starts_with(algorithm) &&
           std::ranges::all_of(text.substr(algorithm.size()), is_hex);
}

}  // namespace lago::docker
