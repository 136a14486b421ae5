// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/engine.hpp"

#include <algorithm>
#include <limits>

#include "ansible/json.hpp"
#include "core/failure.hpp"
#include "http/http.hpp"

namespace lago::docker {

namespace {

using Kind = ReachError::Kind;
constexpr std::string_view scheme = "unix://";

std::string socket_of(const std::string& docker_host) {
    std::string path = docker_host.starts_with(scheme) ? docker_host.substr(scheme.size()) : docker_host;
    if (path.starts_with('/') && path.find('\0') == std::string::npos) return path;
    throw Failure{.what = "docker_host: " + docker_host,
                  .why = "only the Engine's unix socket can be used",
                  .hint = "give it as unix:///var/run/docker.sock",
                  .kind = "bad_docker_host",
                  .facts = {}};
}

void refuse_odd_name(const std::string& name) {
    const auto is_word = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9');
    };
    const auto is_allowed = [&](char letter) {
        return is_word(letter) || letter == '_' || letter == '.' || letter == '-';
    };
    constexpr std::size_t longest = 255;
    const bool is_short = !name.empty() && name.size() <= longest;
    if (is_short && is_word(name.front()) && std::ranges::all_of(name, is_allowed)) return;
    throw Failure{.what = is_short ? "login_container: " + name : "login_container",
                  .why = "this cannot be a container's name",
                  .hint = "names have letters, digits, '_', '.' and '-', and begin with a letter or digit",
                  .kind = "bad_container_name",
                  .facts = {}};
}

ReachError not_reached(const http::Error& error, const std::string& socket) {
    switch (error.kind) {
        case http::ErrorKind::no_socket:
        case http::ErrorKind::refused:
            return {Kind::engine_unavailable, "no Docker Engine listens on " + socket,
                    "start it (systemctl start docker), or name its socket as docker_host"};
        case http::ErrorKind::denied:
            return {Kind::engine_denied,
                    "the Docker Engine's socket " + socket + " may not be used by this user",
                    "run the task as root (become: true)"};
        case http::ErrorKind::timed_out:
            return {Kind::timeout, "the Docker Engine on " + socket + " gave no answer within the time given",
                    "look at the Engine (journalctl -u docker), or raise timeout"};
        default:
            return {Kind::engine_error, "the Docker Engine on " + socket + ": " + error.message,
                    "look at what listens there"};
    }
}

const Value* inside(const Value& value, std::string_view key) {
    const Dict* dict = value.as_dict();
    return dict == nullptr ? nullptr : dict->find(key);
}

std::string text_in(const Value& value, std::string_view key) {
    const Value* found = inside(value, key);
    const std::string* text = found == nullptr ? nullptr : found->as_string();
    return text == nullptr ? std::string() : *text;
}

// {"message": "No such container: x"}
std::string own_words(const Value& body, int status) {
    const std::string message = text_in(body, "message");
    return message.empty() ? "status " + std::to_string(status) : message;
}

std::unexpected<ReachError> garbage(const std::string& why) {
    return std::unexpected(ReachError{Kind::engine_error, "the answer is not the Docker Engine's API: " + why,
                                      "look at what listens on the socket"});
}

std::map<std::string, std::string> addresses_in(const Value& answer) {
    std::map<std::string, std::string> addresses;
    const Value* settings = inside(answer, "NetworkSettings");
    const Value* networks = settings == nullptr ? nullptr : inside(*settings, "Networks");
    const Dict* named = networks == nullptr ? nullptr : networks->as_dict();
    if (named == nullptr) return addresses;
    for (const auto& [network, settled] : named->items()) {
        std::string address = text_in(settled, "IPAddress");
        if (address.empty()) address = text_in(settled, "GlobalIPv6Address");
        if (!address.empty()) addresses.emplace(network, std::move(address));
    }
    return addresses;
}

std::map<std::string, std::string> labels_in(const Value& answer) {
    std::map<std::string, std::string> labels;
    const Value* config = inside(answer, "Config");
    const Value* found = config == nullptr ? nullptr : inside(*config, "Labels");
    const Dict* named = found == nullptr ? nullptr : found->as_dict();
    if (named == nullptr) return labels;
    for (const auto& [label, value] : named->items())
        if (const std::string* text = value.as_string()) labels.emplace(label, *text);
    return labels;
}

}  // namespace

Engine::Engine(const std::string& docker_host) : socket_(socket_of(docker_host)) {}

std::expected<Answer, ReachError> Engine::get(const std::string& path, Deadline deadline) const {
    http::Endpoint endpoint;
    endpoint.host = "docker";
    endpoint.unix_socket = socket_;
    http::Request request;
    request.target = path;
    const auto response = http::send(endpoint, request, deadline);
    if (!response) return std::unexpected(not_reached(response.error(), socket_));
    Answer answer{.status = response->status, .body = {}};
    if (!response->body.empty()) {
        auto body = ansible::parse_json(response->body);
        if (!body) return garbage(body.error());
        answer.body = std::move(*body);
    }
    if (answer.status >= 400)
        return std::unexpected(
            ReachError{answer.status == 404 ? Kind::container_not_found : Kind::engine_error,
                       "the Docker Engine says: " + own_words(answer.body, answer.status), ""});
    return answer;
}

std::expected<Container, ReachError> Engine::container(const std::string& name, Deadline deadline) const {
    refuse_odd_name(name);
    const auto answer = get("/containers/" + name + "/json", deadline);
    if (answer) return parse_container(answer->body);
    ReachError error = answer.error();
    if (error.kind == Kind::container_not_found)
        error = {Kind::container_not_found, "there is no container " + name,
                 "check the name with `docker ps --all`; a unit that was never started has no container"};
    return std::unexpected(std::move(error));
}

std::expected<Container, ReachError> parse_container(const Value& answer) {
    Container container;
    container.id = text_in(answer, "Id");
    if (container.id.empty()) return garbage("a container has no Id");
    container.name = text_in(answer, "Name");
    if (container.name.starts_with('/')) container.name.erase(0, 1);
    const Value* state = inside(answer, "State");
    const Value* running = state == nullptr ? nullptr : inside(*state, "Running");
    const Value* pid = state == nullptr ? nullptr : inside(*state, "Pid");
    if (running == nullptr || running->as_bool() == nullptr || pid == nullptr || pid->as_integer() == nullptr)
        return garbage("a container has no State");
    const std::int64_t number = pid->as_integer()->value.value_or(-1);
    if (number < 0 || number > std::numeric_limits<pid_t>::max()) return garbage("State.Pid is no process");
    container.running = *running->as_bool() && number > 0;
    container.pid = container.running ? static_cast<pid_t>(number) : 0;
    container.addresses = addresses_in(answer);
    container.labels = labels_in(answer);
    return container;
}

}  // namespace lago::docker
