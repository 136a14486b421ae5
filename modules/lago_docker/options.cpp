// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdlib>
#include <utility>

#include "core/ascii.hpp"
#include "core/failure.hpp"
#include "docker/engine.hpp"
#include "docker/service_address.hpp"
#include "lago_docker/lago_docker.hpp"

namespace lago::docker {

namespace {

[[noreturn]] void refuse(std::string what, std::string why, std::string hint, std::string kind) {
    throw Failure{.what = std::move(what),
                  .why = std::move(why),
                  .hint = std::move(hint),
                  .kind = std::move(kind),
                  .facts = {}};
}

// A name in a message stays readable, whatever was given.
std::string shown(const std::string& text) {
    constexpr std::size_t longest = 200;
    return text.size() <= longest ? text : text.substr(0, longest) + "…";
}

std::string network_name(const std::string& name) {
    if (!docker::is_name(name))
        refuse("network " + shown(name), "this cannot be a network's name",
               "Names have letters, digits, '_', '.' and '-', and begin with a letter or digit",
               "bad_network_name");
    return name;
}

// The Engine takes texts only; a number or a boolean is written as it stands in YAML.
std::string as_text(const std::string& option, const std::string& key, const Value& value) {
    if (const std::string* text = value.as_string()) return *text;
    if (const bool* flag = value.as_bool()) return *flag ? "true" : "false";
    if (const Integer* number = value.as_integer()) return number->text;
    refuse(option, "the value of " + shown(key) + " is no text", "Write it in quotes", "bad_" + option);
}

std::map<std::string, std::string> texts(const Options& options, const std::string& option) {
    std::map<std::string, std::string> made;
    for (const auto& [key, value] : options.get<Dict>(option).items())
        made[key] = as_text(option, key, value);
    return made;
}

WantedNetwork read_network(const Options& options) {
    return {.name = network_name(options.get<std::string>("name")),
            .present = options.get<std::string>("state") == "present",
            .driver = options.get<std::string>("driver"),
            .options = texts(options, "driver_options"),
            .ipv6 = options.find<bool>("enable_ipv6"),
            .internal = options.find<bool>("internal"),
            .labels = texts(options, "labels")};
}

Policy policy_of(const std::string& word) {
    if (word == "always") return Policy::always;
    return word == "never" ? Policy::never : Policy::missing;
}

bool is_platform(const std::string& text) {
    const auto slashes = std::ranges::count(text, '/');
    const auto is_allowed = [](char letter) {
        return ascii::is_lower(letter) || ascii::is_digit(letter) || letter == '/';
    };
    return (slashes == 1 || slashes == 2) && text.front() != '/' && text.back() != '/' &&
           std::ranges::all_of(text, is_allowed);
}

WantedImage read_image(const Options& options) {
    const auto text = options.get<std::string>("name");
    auto name = ImageName::parse(text);
    if (!name)
        refuse("image " + shown(text), "this cannot be an image's name",
               "Give it as registry/repository:tag, such as getlago/api:v1.31.0", "bad_image_name");
    const auto platform = options.find<std::string>("platform").value_or("");
    if (!platform.empty() && !is_platform(platform))
        refuse("platform " + shown(platform), "this cannot be a platform", "Give it as linux/arm64",
               "bad_platform");
    return {
        .name = std::move(*name), .pull = policy_of(options.get<std::string>("pull")), .platform = platform};
}

template <class T>
void refuse_twice(const std::vector<T>& entries, const std::string& option,
                  std::string (*name_of)(const T&)) {
    std::set<std::string> names;
    for (const T& entry : entries)
        if (!names.insert(name_of(entry)).second)
            refuse(option, name_of(entry) + " is there twice", "Name each once", "duplicate_entry");
}

std::optional<system::Path> docker_own_config() {
    const char* folder = std::getenv("DOCKER_CONFIG");
    if (folder != nullptr && *folder != '\0')
        return system::Path(folder, "DOCKER_CONFIG").child("config.json");
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home != '/') return std::nullopt;
    return system::Path(home, "HOME").child(".docker").child("config.json");
}

}  // namespace

Network WantedNetwork::to_network() const {
    return {.id = {},
            .name = name,
            .driver = driver,
            .options = options,
            .ipv6 = ipv6.value_or(false),
            .internal = internal.value_or(false),
            .labels = labels};
}

Desired read_options(const Options& options, bool check_mode) {
    options.at_least("timeout", 1);  // read by Call::deadline()
    Desired desired{.engine = engine_of(options), .check_mode = check_mode};
    for (const Options& entry : options.get<std::vector<Options>>("networks"))
        desired.networks.push_back(read_network(entry));
    for (const Options& entry : options.get<std::vector<Options>>("images"))
        desired.images.push_back(read_image(entry));
    refuse_twice<WantedNetwork>(desired.networks, "networks",
                                [](const WantedNetwork& network) { return network.name; });
    refuse_twice<WantedImage>(desired.images, "images",
                              [](const WantedImage& image) { return image.name.reference(); });
    const auto config = options.find<std::string>("registry_config");
    desired.config_was_named = config && !config->empty();
    desired.registry_config =
        desired.config_was_named ? system::Path(*config, "registry_config") : docker_own_config();
    desired.retries = options.at_least("retries", 0);
    desired.delay = std::chrono::seconds(options.at_least("delay", 0));
    return desired;
}

}  // namespace lago::docker
