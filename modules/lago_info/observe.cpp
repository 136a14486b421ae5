// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "docker/image_name.hpp"
#include "lago/deployment.hpp"
#include "lago_info/lago_info.hpp"
#include "lago_info/services.hpp"
#include "system/file.hpp"
#include "text/secret_text.hpp"

namespace lago::info {

namespace {

using ReachKind = docker::ReachError::Kind;

constexpr std::array<std::string_view, 2> switches{"LAGO_DISABLE_SIGNUP", "LAGO_SIGNUP_DISABLED"};

bool exists(const system::Path& path) {
    const auto found = system::read_attributes(path);
    return found && found->kind != system::FileKind::missing;
}

void read_unit_file(const Desired& desired, const Unit& unit, FoundUnit& found) {
    const system::Path path = desired.systemd_path.child(unit.name);
    found.file_exists = exists(path);
    if (!found.file_exists) return;
    const auto text = system::read_file(path);
    if (!text) return;
    std::string image = image_in_unit(*text);
    if (docker::ImageName::parse(image)) found.file_image = std::move(image);
}

void read_states(const Desired& desired, Observed& observed, Deadline deadline) {
    std::vector<std::string> names;
    for (const Unit& unit : desired.units) names.push_back(unit.name);
    if (names.empty()) return;
    auto states = systemd::read_units(names, deadline);
    if (!states) {
        observed.systemd = Trouble{.why = states.error().why,
                                   .hint = states.error().hint,
                                   .kind = std::string(word(states.error().kind))};
        return;
    }
    for (std::size_t at = 0; at < names.size(); ++at) observed.units[at].state = std::move((*states)[at]);
}

Container container_of(const docker::Container& container) {
    Container found{.running = container.running,
                    .image = container.image_name,
                    .config_label = container.label(std::string(facts::config_label)),
                    .published = container.published,
                    .switches = {}};
    for (const std::string_view name : switches)
        if (container.environment.is(name, "true")) found.switches.emplace_back(name);
    return found;
}

void read_containers(const Desired& desired, Observed& observed, Deadline deadline) {
    for (std::size_t at = 0; at < desired.units.size(); ++at) {
        const auto container = desired.engine.container(desired.units[at].container, deadline);
        if (container) {
            observed.units[at].container = container_of(*container);
        } else if (container.error().kind != ReachKind::container_not_found) {
            observed.docker = Trouble{.why = container.error().why,
                                      .hint = container.error().hint,
                                      .kind = std::string(word(container.error().kind))};
            return;
        }
    }
}

bool is_our_own(const Observed& observed, std::uint16_t port) {
    return std::ranges::any_of(observed.units, [&](const FoundUnit& unit) {
        return unit.container && unit.container->running &&
               std::ranges::find(unit.container->published, port) != unit.container->published.end();
    });
}

void read_ports(const Desired& desired, Observed& observed) {
    std::optional<std::vector<system::Listener>> listeners;
    for (std::size_t at = 0; at < desired.units.size(); ++at) {
        const auto& publish = desired.units[at].publish;
        if (!publish || is_our_own(observed, publish->port)) continue;
        if (!listeners) listeners = system::read_listeners().value_or(std::vector<system::Listener>());
        const auto found = std::ranges::find_if(
            *listeners, [&](const system::Listener& one) { return is_in_the_way(one, *publish); });
        if (found != listeners->end())
            observed.taken.push_back({.unit = at, .listener = *found, .owner = owner_of(*found)});
    }
}

EnvFile read_env(const std::optional<system::Path>& path, std::optional<Trouble>& trouble) {
    EnvFile env;
    if (!path) return env;
    const auto content = system::read_secret_file(*path);
    env.exists = content || !content.error().is_missing();
    if (!content) {
        if (env.exists) trouble = trouble_of(system::failure_of(content.error()));
        return env;
    }
    env.content = *content;
    for (const std::string_view name : switches)
        if (const auto value = text::plain_variable(*content, name); value && *value == "true")
            env.switches.emplace_back(name);
    return env;
}

// One part of several that may each hang: what it may take, so that the others get theirs.
class Shares {
public:
    Shares(Deadline deadline, std::size_t parts) : deadline_(deadline), left_(parts) {}

    Deadline next() {
        constexpr std::chrono::milliseconds least(1000);
        const auto share = deadline_.left() / static_cast<int>(std::max<std::size_t>(left_, 1));
        if (left_ > 0) --left_;
        return deadline_.within(std::max(least, share));
    }

private:
    Deadline deadline_;
    std::size_t left_;
};

bool runs(const Desired& desired, const Observed& observed, std::string_view kind) {
    for (std::size_t at = 0; at < desired.units.size(); ++at)
        if (desired.units[at].kind == kind)
            return observed.units[at].container && observed.units[at].container->running;
    return false;
}

void ask_signup(const Desired& desired, Observed& observed, Deadline deadline) {
    const Unit* const api = desired.unit("api");
    const Unit* const front = desired.unit("front");
    if (api != nullptr && runs(desired, observed, "api") && desired.probe != signup::Probe::off)
        observed.api_answer = ask_probe(desired, *api, deadline);
    if (front != nullptr && runs(desired, observed, "front"))
        observed.front_answer = ask_front(desired, *front, deadline);
}

void ask_redis(const Desired& desired, Observed& observed, Deadline deadline) {
    if (!observed.env.content) return;
    const std::optional<std::string> api =
        runs(desired, observed, "api") ? std::optional(desired.unit("api")->container) : std::nullopt;
    observed.redis = ask_redis(desired, *observed.env.content, "REDIS_URL", "REDIS_PASSWORD", api,
                               deadline.within(deadline.left() / 2));
    observed.redis_cache = ask_redis(desired, *observed.env.content, "LAGO_REDIS_CACHE_URL",
                                     "LAGO_REDIS_CACHE_PASSWORD", api, deadline);
}

}  // namespace

Trouble trouble_of(const Failure& failure) {
    return {.why = failure.why.empty() ? failure.what : failure.what + ": " + failure.why,
            .hint = failure.hint,
            .kind = failure.kind};
}

Observed observe(const Desired& desired) {
    Observed observed;
    observed.units.resize(desired.units.size());
    observed.base_path_exists = desired.base_path && exists(*desired.base_path);
    for (std::size_t at = 0; at < desired.units.size(); ++at)
        read_unit_file(desired, desired.units[at], observed.units[at]);
    observed.env = read_env(desired.env_file, observed.env_trouble);
    std::optional<Trouble> unused;
    observed.front_env = read_env(desired.front_env_file, unused);
    constexpr std::size_t parts = 6;  // systemd, the Engine, health, sign-up, Redis, the database
    Shares shares(Deadline::after(desired.timeout + desired.wait), parts);
    if (desired.asks(Part::units)) read_states(desired, observed, shares.next());
    read_containers(desired, observed, shares.next());
    read_ports(desired, observed);
    const Unit* const api = desired.unit("api");
    const bool deployed = std::ranges::any_of(observed.units, &FoundUnit::file_exists);
    if (desired.asks(Part::health) && api != nullptr && deployed) {
        observed.health = ask_health(desired, *api, shares.next());
        // Waiting for it may have seen the containers start.
        if (desired.wait > std::chrono::seconds(0)) read_containers(desired, observed, shares.next());
    }
    if (desired.asks(Part::signup)) ask_signup(desired, observed, shares.next());
    if (desired.asks(Part::redis)) ask_redis(desired, observed, shares.next());
    const bool asks_database =
        desired.asks(Part::schema) || desired.asks(Part::database) || desired.target_version;
    if (asks_database && observed.env.content) {
        const std::optional<std::string> inside =
            runs(desired, observed, "api") ? std::optional(api->container) : std::nullopt;
        observed.database = ask_database(desired, *observed.env.content, inside, shares.next());
    }
    return observed;
}

}  // namespace lago::info
