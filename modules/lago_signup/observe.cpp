// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <set>

#include "core/failure.hpp"
#include "docker/http_client.hpp"
#include "lago_signup/lago_signup.hpp"
#include "system/file.hpp"

namespace lago::signup {

namespace {

constexpr std::size_t largest_file = 4U << 20U;

system::Path real_path(const system::Path& path) {
    std::error_code problem;
    const auto real = std::filesystem::canonical(path.string(), problem);
    return problem ? path : system::Path(real.string(), "path");
}

Failure unreadable(const system::SystemError& error) {
    Failure failure = system::failure_of(error);
    failure.what = "the file that holds the switch cannot be read";
    failure.why = error.message();
    return failure;
}

void refuse_other_kinds(const system::Path& path, system::FileKind kind) {
    if (kind == system::FileKind::regular) return;
    throw Failure{.what = "the file that holds the switch cannot be read",
                  .why = path.string() + " is no regular file",
                  .hint = "Name the file itself",
                  .kind = "wrong_kind",
                  .facts = {{"path", path.string()}}};
}

ObservedFile observe_file(const Target& target) {
    const system::Path real = real_path(target.path);
    const auto attributes = system::read_attributes(real);
    if (!attributes) throw unreadable(attributes.error());
    if (attributes->kind == system::FileKind::missing) return {};
    refuse_other_kinds(real, attributes->kind);
    auto content = system::read_file(real, largest_file);
    if (!content) throw unreadable(content.error());
    return {.exists = true, .real = real, .content = std::move(*content)};
}

Verdict unreachable(const docker::ReachError& error) {
    return {.reason = error.why,
            .not_there_yet = error.not_there_yet(),
            .error_kind = std::string(word(error.kind))};
}

Verdict unanswered(const http::Error& error) {
    using Kind = http::ErrorKind;
    const bool not_there_yet =
        error.kind == Kind::refused || error.kind == Kind::no_socket || error.kind == Kind::unreachable;
    return {
        .reason = error.message, .not_there_yet = not_there_yet, .error_kind = std::string(word(error.kind))};
}

Reply reply_of(http::Response response) {
    return {.status = response.status,
            .body = std::move(response.body),
            .location = std::string(response.header("location").value_or(""))};
}

}  // namespace

Verdict ask_api(const Service& api, Probe probe, const std::string& known_email, Dict& connection,
                Deadline deadline) {
    const auto way = docker::find_way(api.address, deadline);
    if (!way) return unreachable(way.error());
    connection = way->to_dict();
    connection.set("tls", api.tls.has_value());
    const docker::HttpClient client(*way, api.tls, api.path);
    auto health = client.ask({.target = "/health"}, deadline);
    if (!health) return unanswered(health.error());
    auto answer = client.ask({.method = "POST", .target = "/graphql", .body = probe_body(probe, known_email)},
                             deadline);
    if (!answer) return unanswered(answer.error());
    return judge_api(probe, reply_of(std::move(*health)), reply_of(std::move(*answer)));
}

Verdict ask_front(const Service& front, Deadline deadline) {
    const auto way = docker::find_way(front.address, deadline);
    if (!way) return unreachable(way.error());
    auto answer = docker::HttpClient(*way, front.tls, front.path).ask({.target = "/env-config.js"}, deadline);
    if (!answer) return unanswered(answer.error());
    return judge_front(reply_of(std::move(*answer)));
}

system::FolderLock lock_files(const Desired& desired, Deadline deadline) {
    std::set<system::Path> folders;
    for (const Target& target : desired.targets) folders.insert(real_path(target.path).parent());
    auto lock = system::FolderLock::take({folders.begin(), folders.end()}, deadline);
    if (!lock) throw system::failure_of(lock.error());
    return std::move(*lock);
}

Observed observe(const Desired& desired, Deadline deadline) {
    Observed observed;
    for (const Target& target : desired.targets) observed.files.push_back(observe_file(target));
    if (desired.api)
        observed.api =
            ask_api(*desired.api, desired.probe, desired.known_email, observed.connection, deadline);
    if (desired.front) observed.front = ask_front(*desired.front, deadline);
    return observed;
}

}  // namespace lago::signup
