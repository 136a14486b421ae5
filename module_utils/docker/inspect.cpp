// SPDX-License-Identifier: GPL-3.0-or-later
// What the Engine says of containers and images, read from its answers.
#include <array>
#include <charconv>
#include <limits>

#include "docker/answers.hpp"
#include "docker/engine.hpp"

namespace lago::docker {

namespace {

using Kind = ReachError::Kind;

const Dict* dict_in(const Value* value) {
    return value == nullptr ? nullptr : value->as_dict();
}

std::string text_in(const Value* value, std::string_view key) {
    return value == nullptr ? std::string() : docker::text_in(*value, key);
}

std::map<std::string, std::string> addresses_in(const Value& answer) {
    std::map<std::string, std::string> addresses;
    const Dict* named = dict_in(inside(answer, "NetworkSettings", "Networks"));
    if (named == nullptr) return addresses;
    for (const auto& [network, settled] : named->items()) {
        std::string address = docker::text_in(settled, "IPAddress");
        if (address.empty()) address = docker::text_in(settled, "GlobalIPv6Address");
        if (!address.empty()) addresses.emplace(network, std::move(address));
    }
    return addresses;
}

std::vector<std::uint16_t> published_in(const Value& answer) {
    std::vector<std::uint16_t> published;
    const Dict* inner = dict_in(inside(answer, "NetworkSettings", "Ports"));
    if (inner == nullptr) return published;
    for (const auto& [port, bindings] : inner->items()) {
        const List* hosts = bindings.as_list();
        if (hosts == nullptr) continue;
        for (const Value& host : *hosts) {
            const std::string text = docker::text_in(host, "HostPort");
            std::uint16_t number = 0;
            std::from_chars(text.data(), text.data() + text.size(), number);
            if (number != 0) published.push_back(number);
        }
    }
    return published;
}

std::vector<std::string> texts_in(const Value* list) {
    std::vector<std::string> texts;
    const List* items = list == nullptr ? nullptr : list->as_list();
    if (items == nullptr) return texts;
    for (const Value& item : *items)
        if (const std::string* text = item.as_string()) texts.push_back(*text);
    return texts;
}

Health health_in(const Value& answer) {
    const Value* health = inside(answer, "State", "Health");
    const std::string status = text_in(health, "Status");
    for (const Health known : {Health::starting, Health::healthy, Health::unhealthy})
        if (word(known) == status) return known;
    return Health::none;
}

}  // namespace

const Value* inside(const Value& value, std::string_view key) {
    const Dict* dict = value.as_dict();
    return dict == nullptr ? nullptr : dict->find(key);
}

const Value* inside(const Value& value, std::string_view outer, std::string_view key) {
    const Value* found = inside(value, outer);
    return found == nullptr ? nullptr : inside(*found, key);
}

std::string text_in(const Value& value, std::string_view key) {
    const Value* found = inside(value, key);
    const std::string* text = found == nullptr ? nullptr : found->as_string();
    return text == nullptr ? std::string() : *text;
}

std::unexpected<ReachError> garbage(const std::string& why) {
    return std::unexpected(ReachError{Kind::engine_error, "the answer is not the Docker Engine's API: " + why,
                                      "Look at what listens on the socket"});
}

std::map<std::string, std::string> texts_by_name(const Value* value) {
    std::map<std::string, std::string> texts;
    const Dict* named = dict_in(value);
    if (named == nullptr) return texts;
    for (const auto& [name, item] : named->items())
        if (const std::string* text = item.as_string()) texts.emplace(name, *text);
    return texts;
}

Environment::Environment(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
        const std::size_t equals = line.find('=');
        if (equals != std::string::npos) values_[line.substr(0, equals)] = line.substr(equals + 1);
    }
}

std::vector<std::string> Environment::names() const {
    std::vector<std::string> names;
    for (const auto& [name, value] : values_) names.push_back(name);
    return names;
}

std::optional<Secret> Environment::secret(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    return Secret(std::string_view(found->second));
}

bool Environment::is(std::string_view name, std::string_view value) const {
    const auto found = values_.find(name);
    return found != values_.end() && found->second == value;
}

std::string Container::label(const std::string& key) const {
    const auto found = labels.find(key);
    return found == labels.end() ? std::string() : found->second;
}

std::string_view word(Health health) {
    static constexpr std::array<std::string_view, 4> words{"none", "starting", "healthy", "unhealthy"};
    return words[static_cast<std::size_t>(health)];
}

std::expected<Container, ReachError> parse_container(const Value& answer) {
    Container container;
    container.id = docker::text_in(answer, "Id");
    if (container.id.empty()) return garbage("a container has no Id");
    container.name = docker::text_in(answer, "Name");
    if (container.name.starts_with('/')) container.name.erase(0, 1);
    const Value* running = inside(answer, "State", "Running");
    const Value* pid = inside(answer, "State", "Pid");
    if (running == nullptr || running->as_bool() == nullptr || pid == nullptr || pid->as_integer() == nullptr)
        return garbage("a container has no State");
    const std::int64_t number = pid->as_integer()->value.value_or(-1);
    if (number < 0 || number > std::numeric_limits<pid_t>::max()) return garbage("State.Pid is no process");
    container.running = *running->as_bool() && number > 0;
    container.pid = container.running ? static_cast<pid_t>(number) : 0;
    container.addresses = addresses_in(answer);
    container.published = published_in(answer);
    container.labels = texts_by_name(inside(answer, "Config", "Labels"));
    container.image_id = docker::text_in(answer, "Image");
    container.image_name = text_in(inside(answer, "Config"), "Image");
    container.environment = Environment(texts_in(inside(answer, "Config", "Env")));
    container.health = health_in(answer);
    container.started_at = text_in(inside(answer, "State"), "StartedAt");
    return container;
}

std::expected<Image, ReachError> parse_image(const Value& answer) {
    Image image{.id = docker::text_in(answer, "Id"),
                .digests = texts_in(inside(answer, "RepoDigests")),
                .os = docker::text_in(answer, "Os"),
                .architecture = docker::text_in(answer, "Architecture")};
    if (image.id.empty()) return garbage("an image has no Id");
    return image;
}

}  // namespace lago::docker
