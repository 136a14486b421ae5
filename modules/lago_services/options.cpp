// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <limits>
#include <utility>

#include "docker/service_address.hpp"
#include "lago_services/lago_services.hpp"

namespace lago::services {

namespace {

Failure bad_option(std::string what, std::string why, std::string hint = {}) {
    return {.what = std::move(what),
            .why = std::move(why),
            .hint = std::move(hint),
            .kind = "bad_option",
            .facts = {}};
}

State state_of(std::string_view name) {
    if (name == "stopped") return State::stopped;
    if (name == "restarted") return State::restarted;
    return name == "absent" ? State::absent : State::started;
}

Restart restart_of(std::string_view name) {
    if (name == "always") return Restart::always;
    return name == "never" ? Restart::never : Restart::by_state;
}

std::string unit_of(const std::string& name, const std::string& option) {
    if (systemd::is_unit_name(name)) return name;
    if (systemd::is_unit_name(name + ".service")) return name + ".service";
    throw bad_option(option + ".name", "this cannot be a unit's name",
                     "Names have letters, digits and any of : - _ . \\ @, such as mash-lago-api.service");
}

std::string container_of(const Options& options, const std::string& unit) {
    constexpr std::string_view suffix = ".service";
    const bool is_service = unit.ends_with(suffix);
    return options.find<std::string>("container")
        .value_or(is_service ? unit.substr(0, unit.size() - suffix.size()) : std::string());
}

// sha256sum writes such names in another way.
void refuse_odd_file(const std::string& file, const std::string& option) {
    const system::Path path(file, option);
    if (path.string().find_first_of("\\\n\r") != std::string::npos)
        throw bad_option(option, "a path with a backslash or a line break cannot be compared",
                         "Give the file a plain name");
}

std::optional<Health> health_of(const Options& options, const std::string& option) {
    const auto given = options.find<Options>("health");
    if (!given) return std::nullopt;
    const auto port = given->get<std::int64_t>("port");
    if (port < 1 || port > std::numeric_limits<std::uint16_t>::max())
        throw bad_option(option + ".port", "this is no port", "Ports are from 1 to 65535");
    Health health{.port = static_cast<std::uint16_t>(port),
                  .path = given->get<std::string>("path"),
                  .tls = given->get<std::string>("scheme") == "https",
                  .status = given->get<int>("status")};
    const auto is_odd = [](char letter) { return letter <= ' ' || letter > '~'; };
    if (!health.path.starts_with('/') || std::ranges::any_of(health.path, is_odd))
        throw bad_option(option + ".path", "this is no path of an address",
                         "It begins with a slash and is percent-encoded, such as /health");
    return health;
}

Service read_service(const Options& options, const std::string& option, const std::string& usual_state) {
    Service service;
    service.unit = unit_of(options.get<std::string>("name"), option);
    service.container = container_of(options, service.unit);
    service.config_files = options.get<std::vector<std::string>>("config_files");
    for (const std::string& file : service.config_files) refuse_odd_file(file, option + ".config_files");
    service.enabled = options.get<bool>("enabled");
    service.state = state_of(options.find<std::string>("state").value_or(usual_state));
    service.health = health_of(options, option + ".health");
    return service;
}

void refuse_repeated(const std::vector<Service>& services) {
    for (auto at = services.begin(); at != services.end(); ++at)
        if (std::find_if(services.begin(), at,
                         [&](const Service& other) { return other.unit == at->unit; }) != at)
            throw bad_option("services", at->unit + " is named twice");
}

int not_negative(const Options& options, const std::string& name) {
    const int number = options.get<int>(name);
    if (number >= 0) return number;
    throw bad_option(name, "this is less than nothing", "Give 0 or more");
}

}  // namespace

Desired read_options(const Options& options, bool check_mode) {
    Desired desired{.services = {},
                    .restart = restart_of(options.get<std::string>("restart")),
                    .settle = std::chrono::seconds(not_negative(options, "settle")),
                    .journal_lines = not_negative(options, "journal_lines"),
                    .engine = docker::engine_of(options),
                    .check_mode = check_mode};
    const auto services = options.get<std::vector<Options>>("services");
    for (std::size_t at = 0; at < services.size(); ++at)
        desired.services.push_back(read_service(services[at], "services[" + std::to_string(at) + "]",
                                                options.get<std::string>("state")));
    refuse_repeated(desired.services);
    return desired;
}

}  // namespace lago::services
