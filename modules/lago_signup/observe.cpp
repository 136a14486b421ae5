// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <set>

#include "core/failure.hpp"
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

/// A service that was found, for several requests.
class Client {
public:
    Client(const Service& service, const docker::Endpoint& way) : way_(way), path_(service.path) {
        endpoint_ = {.host = way.host,
                     .port = static_cast<std::uint16_t>(way.port),
                     .addresses = way.addresses,
                     .tls = service.tls};
        if (!way.socket.empty()) endpoint_.unix_socket = way.socket;
        if (endpoint_.host.empty()) endpoint_.host = "localhost";
    }

    std::expected<Reply, http::Error> ask(http::Request request, Deadline deadline) const {
        request.target = path_ + request.target;
        auto connection = way_.connect([&] { return http::Connection::open(endpoint_, deadline); });
        if (!connection) return std::unexpected(connection.error());
        auto response = std::move(*connection).exchange(request, deadline);
        if (!response) return std::unexpected(response.error());
        return Reply{.status = response->status,
                     .body = std::move(response->body),
                     .location = std::string(response->header("location").value_or(""))};
    }

private:
    const docker::Endpoint& way_;
    std::string path_;
    http::Endpoint endpoint_;
};

Verdict ask_api(const Desired& desired, Dict& connection, Deadline deadline) {
    const auto way = docker::find_way(desired.api->address, deadline);
    if (!way) return unreachable(way.error());
    connection = way->to_dict();
    connection.set("tls", desired.api->tls.has_value());
    const Client client(*desired.api, *way);
    const auto health = client.ask({.target = "/health"}, deadline);
    if (!health) return unanswered(health.error());
    const auto answer = client.ask(
        {.method = "POST", .target = "/graphql", .body = probe_body(desired.probe, desired.known_email)},
        deadline);
    if (!answer) return unanswered(answer.error());
    return judge_api(desired.probe, *health, *answer);
}

Verdict ask_front(const Service& front, Deadline deadline) {
    const auto way = docker::find_way(front.address, deadline);
    if (!way) return unreachable(way.error());
    const auto answer = Client(front, *way).ask({.target = "/env-config.js"}, deadline);
    if (!answer) return unanswered(answer.error());
    return judge_front(*answer);
}

}  // namespace

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
    if (desired.api) observed.api = ask_api(desired, observed.connection, deadline);
    if (desired.front) observed.front = ask_front(*desired.front, deadline);
    return observed;
}

}  // namespace lago::signup
