// SPDX-License-Identifier: GPL-3.0-or-later
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "docker/service_address.hpp"
#include "lago_info/lago_info.hpp"

namespace lago::info {

namespace {

constexpr std::array all_parts{Part::units, Part::health, Part::signup,
                               Part::redis, Part::schema, Part::database};
constexpr std::string_view suffix = ".service";

[[noreturn]] void refuse(std::string what, std::string why, std::string hint) {
    throw Failure{.what = std::move(what),
                  .why = std::move(why),
                  .hint = std::move(hint),
                  .kind = "bad_option",
                  .facts = {}};
}

int usual_port(std::string_view kind) {
    if (kind == "api") return 3000;
    return kind == "front" ? 80 : 0;
}

bool is_address(const std::string& text) {
    in6_addr unused{};  // large enough for both
    return ::inet_pton(AF_INET, text.c_str(), &unused) == 1 ||
           ::inet_pton(AF_INET6, text.c_str(), &unused) == 1;
}

std::optional<system::HostPort> read_publish(std::size_t at, const Options& options) {
    const std::string text = options.find<std::string>("publish").value_or("");
    if (text.empty()) return std::nullopt;
    const std::size_t colon = text.rfind(':');
    system::HostPort publish;
    if (colon != std::string::npos) publish.address = text.substr(0, colon);
    if (publish.address.starts_with('[') && publish.address.ends_with(']'))
        publish.address = publish.address.substr(1, publish.address.size() - 2);
    const std::string port = text.substr(colon == std::string::npos ? 0 : colon + 1);
    const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), publish.port);
    const bool is_port = problem == std::errc() && end == port.data() + port.size() && publish.port != 0;
    if (!is_port || (colon != std::string::npos && !is_address(publish.address)))
        refuse("units[" + std::to_string(at) + "]", "'publish' is no port of the host",
               "Give a port or address:port, such as 8080, 127.0.0.1:8080 or [::1]:8080");
    return publish;
}

Unit read_unit(std::size_t at, const Options& options) {
    std::string name = options.get<std::string>("name");
    if (!name.ends_with(suffix)) name += suffix;
    if (!systemd::is_unit_name(name))
        refuse("units[" + std::to_string(at) + "]", "'name' is not the name of a unit",
               "Letters, digits and :-_.\\@, such as mash-lago-api");
    const std::string bare = name.substr(0, name.size() - suffix.size());
    std::string kind = options.get<std::string>("kind");
    const int port = options.find<int>("port").value_or(usual_port(kind));
    if (port < 0 || port > 65535)
        refuse("units[" + std::to_string(at) + "]", "'port' is " + std::to_string(port),
               "Give a number from 1 to 65535");
    return {.name = std::move(name),
            .kind = std::move(kind),
            .container = options.find<std::string>("container").value_or(bare),
            .port = port,
            .publish = read_publish(at, options)};
}

std::vector<Unit> read_units(const Options& options) {
    std::vector<Unit> units;
    const auto given = options.get<std::vector<Options>>("units");
    for (std::size_t at = 0; at < given.size(); ++at) units.push_back(read_unit(at, given[at]));
    return units;
}

std::optional<system::Path> path_in(const Options& options, const std::string& name) {
    const auto path = options.find<std::string>(name);
    return path && !path->empty() ? std::optional(system::Path(*path, name)) : std::nullopt;
}

std::vector<Part> read_parts(const Options& options) {
    const auto words = options.get<std::vector<std::string>>("gather");
    std::vector<Part> parts;
    std::ranges::copy_if(all_parts, std::back_inserter(parts),
                         [&](Part part) { return std::ranges::find(words, word(part)) != words.end(); });
    return parts;
}

std::chrono::seconds seconds_in(const Options& options, const std::string& name, int least) {
    const int seconds = options.get<int>(name);
    if (seconds < least)
        refuse(name, std::to_string(seconds) + " cannot be meant",
               "Give " + std::to_string(least) + " seconds or more");
    return std::chrono::seconds(seconds);
}

signup::Probe read_probe(const Options& options, const std::string& known_email) {
    if (!known_email.empty()) return signup::Probe::known_email;
    return options.get<std::string>("signup_probe") == "blank" ? signup::Probe::blank : signup::Probe::off;
}

bool holds(const std::vector<std::string>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

}  // namespace

std::string_view word(Part part) {
    switch (part) {
        case Part::units:
            return "units";
        case Part::health:
            return "health";
        case Part::signup:
            return "signup";
        case Part::redis:
            return "redis";
        case Part::schema:
            return "schema";
        case Part::database:
            break;
    }
    return "database";
}

bool Desired::asks(Part part) const {
    return std::ranges::find(parts, part) != parts.end();
}

const Unit* Desired::unit(std::string_view kind) const {
    const auto found = std::ranges::find(units, kind, &Unit::kind);
    return found == units.end() ? nullptr : &*found;
}

Desired read_options(const Options& options) {
    const auto refused = options.get<std::vector<std::string>>("refuse");
    const std::string known_email = options.find<std::string>("known_email").value_or("");
    Desired desired{.units = read_units(options),
                    .systemd_path = system::Path(options.get<std::string>("systemd_path"), "systemd_path"),
                    .env_file = path_in(options, "env_file"),
                    .front_env_file = path_in(options, "front_env_file"),
                    .base_path = path_in(options, "base_path"),
                    .engine = docker::engine_of(options),
                    .parts = read_parts(options),
                    .target_version = options.find<std::string>("target_version"),
                    .refuse_upgrade = holds(refused, "upgrade"),
                    .refuse_secrets = holds(refused, "secrets"),
                    .refuse_ports = holds(refused, "ports"),
                    .accept_encryption_change = options.get<bool>("accept_encryption_change"),
                    .expected_secrets = options.secrets("expected_secrets"),
                    .probe = read_probe(options, known_email),
                    .known_email = known_email,
                    .wait = seconds_in(options, "wait", 0),
                    .timeout = seconds_in(options, "timeout", 1),
                    .warn = options.get<bool>("warn")};
    if (desired.target_version && desired.target_version->empty()) desired.target_version.reset();
    if (desired.refuse_upgrade && !desired.target_version)
        refuse("refuse", "upgrade needs target_version", "Give the version that is to be deployed");
    return desired;
}

}  // namespace lago::info
