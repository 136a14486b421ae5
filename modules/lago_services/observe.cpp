// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "core/secret.hpp"
#include "crypto/digest.hpp"
#include "docker/namespace.hpp"
#include "http/http.hpp"
#include "lago/deployment.hpp"
#include "lago_services/lago_services.hpp"
#include "system/file.hpp"
#include "systemd/journal.hpp"

namespace lago::services {

namespace {

using ReachKind = docker::ReachError::Kind;

// One question of many: a service that hangs must not use up the time of all.
constexpr std::chrono::seconds patience(5);

// Where neither family answers, what IPv4 says is what matters: a container may have no IPv6.
std::expected<http::Connection, std::string> connect_here(const Health& health, Deadline deadline) {
    http::Endpoint endpoint{
        .host = "localhost", .port = health.port, .addresses = {"127.0.0.1"}, .unix_socket = {}, .tls = {}};
    if (health.tls) endpoint.tls = http::Tls{.ca_file = {}, .verify = false};
    auto first = http::Connection::open(endpoint, deadline);
    if (first) return std::move(*first);
    endpoint.addresses = {"::1"};
    auto second = http::Connection::open(endpoint, deadline);
    if (second) return std::move(*second);
    return std::unexpected(first.error().message);
}

std::expected<http::Connection, std::string> connect(const Desired& desired, const Service& service,
                                                     Deadline deadline) {
    const auto here = [&] { return connect_here(*service.health, deadline); };
    if (service.container.empty()) return here();
    const auto inside = docker::Namespace::of_container(desired.engine, service.container, deadline);
    if (!inside) return std::unexpected(inside.error().why);
    return inside->with(here);
}

// Nothing where it answers as it should, else why not.
std::optional<std::string> ask_health(const Desired& desired, const Service& service, Deadline deadline) {
    const std::string address = std::string(service.health->tls ? "https" : "http") +
                                "://localhost:" + std::to_string(service.health->port) + service.health->path;
    auto connection = connect(desired, service, deadline);
    if (!connection) return address + ": " + connection.error();
    const auto answer = std::move(*connection).exchange({.target = service.health->path}, deadline);
    if (!answer) return address + ": " + answer.error().message;
    if (answer->status == service.health->status) return std::nullopt;
    return address + " answers with status " + std::to_string(answer->status) + " instead of " +
           std::to_string(service.health->status);
}

// Health as the service says it itself, else as Docker's check says it, else that it stays up.
void look_at_health(const Desired& desired, const Service& service, Found& found, Deadline deadline) {
    if (service.health) {
        const auto why = ask_health(desired, service, deadline.within(patience));
        found.healthy = !why;
        found.why_unhealthy = why.value_or("");
    } else if (found.container && found.container->health != docker::Health::none) {
        found.healthy = found.container->health == docker::Health::healthy;
        found.why_unhealthy = "its own health check says " + std::string(word(found.container->health));
    } else {
        found.healthy = found.active_for >= desired.settle;
        found.why_unhealthy = "it has run for " + std::to_string(found.active_for.count()) + " ms only";
    }
}

std::expected<std::optional<Container>, docker::ReachError> container_of(const docker::Engine& engine,
                                                                         const std::string& name,
                                                                         Deadline deadline) {
    const auto container = engine.container(name, deadline);
    if (!container && container.error().kind == ReachKind::container_not_found) return std::nullopt;
    if (!container) return std::unexpected(container.error());
    Container found{.running = container->running,
                    .config = container->label(std::string(facts::config_label)),
                    .image_name = container->image_name,
                    .image_id = container->image_id,
                    .current_image = {},
                    .health = container->health};
    const auto image = engine.image(container->image_name, deadline);
    if (!image) return std::unexpected(image.error());
    if (*image) found.current_image = (*image)->id;
    return found;
}

std::vector<std::string> units_of(const Desired& desired) {
    std::vector<std::string> names;
    for (const Service& service : desired.services) names.push_back(service.unit);
    return names;
}

std::vector<systemd::Unit> units_that_are_not_there(const std::vector<std::string>& names) {
    std::vector<systemd::Unit> units;
    for (const std::string& name : names) units.emplace_back().name = name;
    return units;
}

// What systemd said when it read the file is more than its error tells.
void explain_load_error(systemd::Unit& unit, Deadline deadline) {
    if (unit.load != systemd::LoadState::bad_setting && unit.load != systemd::LoadState::error) return;
    constexpr int lines = 3;
    std::string said;
    for (const std::string& line : systemd::last_lines(unit.name, lines, std::nullopt, deadline))
        said += (said.empty() ? "" : "; ") + line;
    if (!said.empty()) unit.load_error = std::move(said);
    while (unit.load_error.ends_with('.')) unit.load_error.pop_back();
}

}  // namespace

std::expected<std::string, std::string> config_of(const std::vector<std::string>& files) {
    std::string lines;
    for (const std::string& file : files) {
        auto content = system::read_file(system::Path(file, "config_files"));
        if (!content && content.error().is_missing()) return std::unexpected(file);
        if (!content) throw system::failure_of(content.error());
        lines.append(crypto::sha256_of(*content)).append("  ").append(file).append("\n");
        secrets::wipe(*content);
    }
    return crypto::sha256_of(lines);
}

system::FolderLock lock(Deadline deadline) {
    auto taken = system::FolderLock::take({system::Path("/run/systemd/system", "lock")}, deadline);
    if (!taken) throw system::failure_of(taken.error());
    return std::move(*taken);
}

Found look_at(const Desired& desired, const Service& service, systemd::Unit unit,
              std::optional<docker::ReachError>& no_engine, Deadline deadline) {
    Found found;
    found.unit = std::move(unit);
    explain_load_error(found.unit, deadline);
    if (found.unit.is_active() && found.unit.active_since)
        found.active_for = std::chrono::duration_cast<std::chrono::milliseconds>(systemd::monotonic_now() -
                                                                                 *found.unit.active_since);
    if (!service.config_files.empty() && service.is_to_run()) {
        auto config = config_of(service.config_files);
        if (config)
            found.config = std::move(*config);
        else
            found.missing_file = config.error();
    }
    if (!service.container.empty() && !no_engine) {
        auto container = container_of(desired.engine, service.container, deadline);
        if (container)
            found.container = std::move(*container);
        else
            no_engine = container.error();
    }
    if (!service.is_to_run() || !found.unit.is_active()) return found;
    if (!service.container.empty() && no_engine)
        found.why_unhealthy = no_engine->why;
    else
        look_at_health(desired, service, found, deadline);
    return found;
}

Observed observe(const Desired& desired, Deadline deadline) {
    Observed observed;
    const std::vector<std::string> names = units_of(desired);
    auto units = systemd::read_units(names, deadline);
    if (!units) {
        if (!desired.check_mode || !units.error().not_there_yet())
            throw systemd::to_failure(units.error(), "the services cannot be looked at");
        observed.no_systemd = units.error();
        units = units_that_are_not_there(names);
    }
    for (std::size_t at = 0; at < names.size(); ++at)
        observed.services.push_back(
            look_at(desired, desired.services[at], std::move(units->at(at)), observed.no_engine, deadline));
    return observed;
}

}  // namespace lago::services
