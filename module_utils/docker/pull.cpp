// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/pull.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "ansible/json.hpp"
#include "docker/answers.hpp"
#include "system/process.hpp"
#include "text/url.hpp"

namespace lago::docker {

namespace {

constexpr std::size_t longest_line = 1U << 20U;
constexpr std::size_t longest_words = 600;

struct Meaning {
    std::string_view words;  ///< in lower case, as they stand in the message
    std::string_view kind;
    std::string_view plain;
    std::string_view hint;
    bool passing;
};

constexpr std::string_view disk = "the disk of the Docker Engine is full";
constexpr std::string_view make_room = "Make room (docker system df, docker image prune)";
constexpr std::string_view limited = "the registry has had too many requests from here";
constexpr std::string_view log_in_or_wait = "Log in (docker login), use a mirror, or come back later";
constexpr std::string_view no_platform = "the image is not there for this platform";
constexpr std::string_view choose_tag = "Name a tag that is made for it, or the platform to be taken instead";
constexpr std::string_view no_tag = "the registry has no such tag or digest";
constexpr std::string_view check_tag = "Compare the version with the tags that the repository has";
constexpr std::string_view no_repository = "the registry has no such repository, or hides it without a login";
constexpr std::string_view check_name =
    "Check the name; for a private one run docker login as the task's user";
constexpr std::string_view no_login = "the registry wants a login, or refuses this one";
constexpr std::string_view log_in = "Run docker login again as the user that the task runs as";
constexpr std::string_view plain_http = "the registry speaks plain HTTP";
constexpr std::string_view allow_http = "Name it in insecure-registries of the Engine's daemon.json";
constexpr std::string_view untrusted = "the registry's certificate is not trusted";
constexpr std::string_view give_ca =
    "Put its authority's certificate into the Engine's certs.d/REGISTRY/ca.crt";
constexpr std::string_view unknown_name = "the registry's name is not known here";
constexpr std::string_view look_at_dns = "Check the name, and this machine's DNS (getent hosts REGISTRY)";
constexpr std::string_view unreachable = "the registry cannot be reached";
constexpr std::string_view look_at_way =
    "Look at the way there: network, firewall, the proxy of Docker's unit";
constexpr std::string_view unwell = "the registry is not well";
constexpr std::string_view wait = "Come back later";
constexpr std::string_view not_allowed = "Docker may not do what it has to";
constexpr std::string_view look_at_engine = "Look at the Engine (journalctl -u docker)";
constexpr std::string_view helper = "the credential helper gives no login";
constexpr std::string_view try_helper = "Run docker pull by hand, as the user that the task runs as";

// The first that fits holds: an answer often has several of these words.
constexpr std::array meanings{
    Meaning{"error getting credentials", "credential_helper", helper, try_helper, false},
    Meaning{"permission denied", "pull_failed", not_allowed, look_at_engine, false},
    Meaning{"no space left on device", "no_space", disk, make_room, false},
    Meaning{"pull rate limit", "rate_limit", limited, log_in_or_wait, false},
    Meaning{"toomanyrequests", "rate_limit", limited, log_in_or_wait, true},
    Meaning{"too many requests", "rate_limit", limited, log_in_or_wait, true},
    Meaning{"no matching manifest", "wrong_platform", no_platform, choose_tag, false},
    Meaning{"does not match the specified platform", "wrong_platform", no_platform, choose_tag, false},
    Meaning{"no match for platform", "wrong_platform", no_platform, choose_tag, false},
    Meaning{"does not provide the specified platform", "wrong_platform", no_platform, choose_tag, false},
    Meaning{"manifest unknown", "image_not_found", no_tag, check_tag, false},
    Meaning{"pull access denied", "image_denied", no_repository, check_name, false},
    Meaning{"name unknown", "image_denied", no_repository, check_name, false},
    Meaning{"repository name not known", "image_denied", no_repository, check_name, false},
    Meaning{"unauthorized", "unauthorized", no_login, log_in, false},
    Meaning{"incorrect username or password", "unauthorized", no_login, log_in, false},
    Meaning{"no basic auth credentials", "unauthorized", no_login, log_in, false},
    Meaning{"authentication required", "unauthorized", no_login, log_in, false},
    Meaning{"denied", "unauthorized", no_login, log_in, false},
    Meaning{"forbidden", "unauthorized", no_login, log_in, false},
    Meaning{"not found", "image_not_found", no_tag, check_tag, false},
    Meaning{"http response to https client", "plain_http", plain_http, allow_http, false},
    Meaning{"x509:", "certificate", untrusted, give_ca, false},
    Meaning{"no such host", "name_not_found", unknown_name, look_at_dns, false},
    Meaning{"server misbehaving", "name_not_found", unknown_name, look_at_dns, true},
    Meaning{"no route to host", "unreachable", unreachable, look_at_way, true},
    Meaning{"network is unreachable", "unreachable", unreachable, look_at_way, true},
    Meaning{"connection refused", "unreachable", unreachable, look_at_way, true},
    Meaning{"connection reset", "unreachable", unreachable, look_at_way, true},
    Meaning{"timeout", "unreachable", unreachable, look_at_way, true},
    Meaning{"timed out", "unreachable", unreachable, look_at_way, true},
    Meaning{"deadline exceeded", "unreachable", unreachable, look_at_way, true},
    Meaning{"request canceled", "unreachable", unreachable, look_at_way, true},
    Meaning{": eof", "unreachable", unreachable, look_at_way, true},
    Meaning{"unexpected eof", "unreachable", unreachable, look_at_way, true},
    Meaning{"status: 5", "registry_error", unwell, wait, true},
    Meaning{"500 internal server error", "registry_error", unwell, wait, true},
    Meaning{"502 bad gateway", "registry_error", unwell, wait, true},
    Meaning{"503 service unavailable", "registry_error", unwell, wait, true},
    Meaning{"504 gateway", "registry_error", unwell, wait, true},
};

std::string in_lower_case(std::string_view text) {
    std::string lower(text);
    for (char& letter : lower)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return lower;
}

// At the Engine nothing was said about the registry.
PullError from(const ReachError& error) {
    return {.kind = std::string(word(error.kind)),
            .why = error.why,
            .hint = error.hint,
            .passing = error.kind == ReachError::Kind::engine_lost ||
                       error.kind == ReachError::Kind::engine_unavailable};
}

PullError from(const ReachError& error, const ImageName& name) {
    return error.status == 0 ? from(error) : explain(own_words(error), name);
}

std::string without_prefix(std::string_view text) {
    constexpr std::string_view prefix = "Error response from daemon: ";
    while (text.ends_with('\n')) text.remove_suffix(1);
    // Warnings stand before it.
    const std::size_t at = text.find(prefix);
    return std::string(at == text.npos ? text : text.substr(at + prefix.size()));
}

PullError from(system::RunError error) {
    switch (error) {
        case system::RunError::not_found:
            return {
                .kind = "no_docker_command",
                .why =
                    "a credential helper keeps the login, and the docker command that asks it is not there",
                .hint = "Install Docker's command line, or log in without a credential helper"};
        case system::RunError::deadline:
            return {.kind = "timed_out",
                    .why = "docker pull was not done within the time given",
                    .hint = "Raise timeout"};
        case system::RunError::refused:
        case system::RunError::too_much:
            break;
    }
    return {
        .kind = "pull_failed", .why = "the docker command cannot be run", .hint = "Run docker pull by hand"};
}

}  // namespace

PullError explain(std::string_view words, const ImageName& name) {
    const std::string lower = in_lower_case(words);
    const std::string own(words.substr(0, longest_words));
    const auto* found = std::ranges::find_if(
        meanings, [&](const Meaning& meaning) { return lower.find(meaning.words) != std::string::npos; });
    if (found == meanings.end())
        return {.kind = "pull_failed", .why = own, .hint = std::string(look_at_engine)};
    PullError error{.kind = std::string(found->kind),
                    .why = std::string(found->plain) + " (" + own + ")",
                    .hint = std::string(found->hint),
                    .passing = found->passing};
    constexpr std::string_view placeholder = "REGISTRY";
    if (const std::size_t at = error.hint.find(placeholder); at != std::string::npos)
        error.hint.replace(at, placeholder.size(), name.registry);
    return error;
}

bool PullProgress::add(std::string_view piece) {
    while (!piece.empty()) {
        const std::size_t end = piece.find('\n');
        line_ += piece.substr(0, end);
        if (line_.size() > longest_line) return false;
        if (end == piece.npos) return true;
        if (!read_line()) return false;
        piece.remove_prefix(end + 1);
    }
    return true;
}

bool PullProgress::finish() {
    return read_line();
}

bool PullProgress::read_line() {
    const std::string line = std::exchange(line_, {});
    if (line.find_first_not_of(" \t\r") == std::string::npos) return true;
    const auto said = ansible::parse_json(line);
    if (!said || said->as_dict() == nullptr) return false;
    if (!error_.empty() || inside(*said, "error") == nullptr) return true;
    error_ = text_in(*said, "error");
    if (error_.empty()) error_ = "no reason was given";
    return true;
}

std::expected<void, PullError> pull(const Engine& engine, const ImageName& name, const std::string& platform,
                                    const Login& login, Deadline deadline) {
    std::string path = "/images/create?fromImage=" + text::percent_encode(name.familiar()) +
                       "&tag=" + text::percent_encode(name.digest.empty() ? name.tag : name.digest);
    if (!platform.empty()) path += "&platform=" + text::percent_encode(platform);
    PullProgress progress;
    bool is_progress = true;
    const auto take = [&](std::string_view piece) { return is_progress = progress.add(piece); };
    const auto done = engine.post_streamed(path, login.header, take, deadline);
    if (is_progress && done) is_progress = progress.finish();
    if (!is_progress) return std::unexpected(from(garbage("the progress of a pull is no JSON").error()));
    if (!progress.error().empty()) return std::unexpected(explain(progress.error(), name));
    if (!done) return std::unexpected(from(done.error(), name));
    return {};
}

std::expected<void, PullError> pull_by_command(const Engine& engine, const ImageName& name,
                                               const std::string& platform, const system::Path& config,
                                               Deadline deadline) {
    std::vector<std::string> command{
        "docker", "--config", config.parent().string(), "--host", "unix://" + engine.socket(),
        "pull",   "--quiet"};
    if (!platform.empty()) command.insert(command.end(), {"--platform", platform});
    command.push_back(name.reference());
    const auto finished = system::run(command, deadline);
    if (!finished) return std::unexpected(from(finished.error()));
    if (finished->status != 0) return std::unexpected(explain(without_prefix(finished->err), name));
    return {};
}

std::expected<std::string, PullError> digest_at_registry(const Engine& engine, const ImageName& name,
                                                         const Login& login, Deadline deadline) {
    const auto answer = engine.get("/distribution/" + name.reference() + "/json", deadline, login.header);
    if (!answer) return std::unexpected(from(answer.error(), name));
    const Value* descriptor = inside(answer->body, "Descriptor");
    std::string digest = descriptor == nullptr ? std::string() : text_in(*descriptor, "digest");
    if (digest.empty()) return std::unexpected(from(garbage("a distribution has no digest").error()));
    return digest;
}

}  // namespace lago::docker
