// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/engine.hpp"

#include <algorithm>

#include "ansible/json.hpp"
#include "core/ascii.hpp"
#include "core/failure.hpp"
#include "docker/answers.hpp"
#include "docker/image_name.hpp"
#include "http/http.hpp"

namespace lago::docker {

namespace {

using Kind = ReachError::Kind;
constexpr std::string_view scheme = "unix://";
constexpr int not_found = 404;
constexpr std::string_view says = "the Docker Engine says: ";
constexpr const char* registry_auth_header = "X-Registry-Auth";

std::string socket_of(const std::string& docker_host) {
    std::string path = docker_host.starts_with(scheme) ? docker_host.substr(scheme.size()) : docker_host;
    if (path.starts_with('/') && path.find('\0') == std::string::npos) return path;
    throw Failure{.what = "docker_host: " + docker_host,
                  .why = "only the Engine's unix socket can be used",
                  .hint = "Give it as unix:///var/run/docker.sock",
                  .kind = "bad_docker_host",
                  .facts = {}};
}

// An Engine takes a part of an ID for an image as well; a name of ours is always whole.
void refuse_odd_image(const std::string& name) {
    constexpr std::size_t longest = 512;
    if (is_image_id(name) || ImageName::parse(name)) return;
    throw Failure{.what = name.size() > longest ? "image" : "image " + name,
                  .why = "this cannot be an image's name",
                  .hint = "Give it as registry/repository:tag, such as getlago/api:v1.31.0",
                  .kind = "bad_image_name",
                  .facts = {}};
}

void refuse_odd_name(const std::string& name) {
    if (is_name(name)) return;
    throw Failure{.what = name.empty() || name.size() > longest_name ? "container" : "container " + name,
                  .why = "this cannot be a container's name",
                  .hint = "Names have letters, digits, '_', '.' and '-', and begin with a letter or digit",
                  .kind = "bad_container_name",
                  .facts = {}};
}

// An Engine takes the beginning of any ID for a name as well: "ab" may be somebody else's container. What
// `docker ps` prints of an ID is meant as one.
bool is_meant(const Container& container, const std::string& name) {
    constexpr std::size_t shortest_id = 12;
    return container.name == name || (name.size() >= shortest_id && container.id.starts_with(name));
}

ReachError no_such_container(const std::string& name) {
    return {Kind::container_not_found, "there is no container " + name,
            "Check the name with `docker ps --all`; a unit that was never started has no container"};
}

ReachError not_reached(const http::Error& error, const std::string& socket) {
    switch (error.kind) {
        case http::ErrorKind::no_socket:
        case http::ErrorKind::refused:
            return {Kind::engine_unavailable, "no Docker Engine listens on " + socket,
                    "Start it (systemctl start docker), or name its socket as docker_host"};
        case http::ErrorKind::denied:
            return {Kind::engine_denied,
                    "the Docker Engine's socket " + socket + " may not be used by this user",
                    "Run the task as root (become: true)"};
        case http::ErrorKind::timed_out:
            return {Kind::timeout, "the Docker Engine on " + socket + " gave no answer within the time given",
                    "Look at the Engine (journalctl -u docker), or raise timeout"};
        case http::ErrorKind::closed:
            return {Kind::engine_lost, "the Docker Engine on " + socket + ": " + error.message,
                    "Look at the Engine (journalctl -u docker); it may have been restarted"};
        default:
            return {Kind::engine_error, "the Docker Engine on " + socket + ": " + error.message,
                    "Look at what listens there"};
    }
}

// {"message": "No such container: x"}
std::string words_of(const Value& body, int status) {
    constexpr std::size_t longest = 600;  // a message is for people
    const std::string message = text_in(body, "message");
    return message.empty() ? "status " + std::to_string(status) : message.substr(0, longest);
}

http::Endpoint at(const std::string& socket) {
    return {.host = "docker", .unix_socket = socket};
}

std::expected<Answer, ReachError> read(const http::Response& response) {
    Answer answer{.status = response.status, .body = {}};
    if (!response.body.empty()) {
        auto body = ansible::parse_json(response.body);
        if (!body) return garbage(body.error());
        answer.body = std::move(*body);
    }
    if (answer.status >= 400)
        return std::unexpected(ReachError{
            Kind::engine_error, std::string(says) + words_of(answer.body, answer.status), "", answer.status});
    return answer;
}

std::expected<Answer, ReachError> ask(const std::string& socket, const http::Request& request,
                                      Deadline deadline) {
    const auto response = http::send(at(socket), request, deadline);
    if (!response) return std::unexpected(not_reached(response.error(), socket));
    return read(*response);
}

}  // namespace

bool is_name(std::string_view name) {
    const auto is_allowed = [](char letter) {
        return ascii::is_alphanumeric(letter) || letter == '_' || letter == '.' || letter == '-';
    };
    return !name.empty() && name.size() <= longest_name && ascii::is_alphanumeric(name.front()) &&
           std::ranges::all_of(name, is_allowed);
}

std::string own_words(const ReachError& error) {
    return error.why.starts_with(says) ? error.why.substr(says.size()) : error.why;
}

Engine::Engine(const std::string& docker_host) : socket_(socket_of(docker_host)) {}

std::expected<Answer, ReachError> Engine::get(const std::string& path, Deadline deadline,
                                              const std::optional<Secret>& registry_auth) const {
    http::Request request{.target = path};
    if (registry_auth) request.secret_headers.emplace_back(registry_auth_header, *registry_auth);
    return ask(socket_, request, deadline);
}

std::expected<Answer, ReachError> Engine::post(const std::string& path, const Value& body,
                                               Deadline deadline) const {
    http::Request request{.method = "POST", .target = path};
    if (!body.is_null()) request.body = ansible::to_json(body);
    return ask(socket_, request, deadline);
}

std::expected<Answer, ReachError> Engine::remove(const std::string& path, Deadline deadline) const {
    return ask(socket_, {.method = "DELETE", .target = path}, deadline);
}

std::expected<void, ReachError> Engine::post_streamed(const std::string& path,
                                                      const std::optional<Secret>& registry_auth,
                                                      const std::function<bool(std::string_view)>& receive,
                                                      Deadline deadline) const {
    http::Request request{.method = "POST", .target = path};
    if (registry_auth) request.secret_headers.emplace_back(registry_auth_header, *registry_auth);
    const auto response = http::stream(at(socket_), request, receive, deadline);
    if (!response) return std::unexpected(not_reached(response.error(), socket_));
    const auto answer = read(*response);
    if (!answer) return std::unexpected(answer.error());
    return {};
}

std::expected<Container, ReachError> Engine::container(const std::string& name, Deadline deadline) const {
    refuse_odd_name(name);
    const auto answer = get("/containers/" + name + "/json", deadline);
    if (!answer)
        return std::unexpected(answer.error().status == not_found ? no_such_container(name) : answer.error());
    auto container = parse_container(answer->body);
    if (container && !is_meant(*container, name)) return std::unexpected(no_such_container(name));
    return container;
}

std::expected<std::optional<Image>, ReachError> Engine::image(const std::string& name,
                                                              Deadline deadline) const {
    refuse_odd_image(name);
    const auto answer = get("/images/" + name + "/json", deadline);
    if (!answer && answer.error().status == not_found) return std::nullopt;
    if (!answer) return std::unexpected(answer.error());
    auto image = parse_image(answer->body);
    if (!image) return std::unexpected(std::move(image.error()));
    return std::move(*image);
}

std::expected<std::string, ReachError> Engine::platform(Deadline deadline) const {
    const auto answer = get("/version", deadline);
    if (!answer) return std::unexpected(answer.error());
    const std::string os = text_in(answer->body, "Os");
    const std::string architecture = text_in(answer->body, "Arch");
    if (os.empty() || architecture.empty()) return garbage("its version names no Os and Arch");
    return os + "/" + architecture;
}

}  // namespace lago::docker
