// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/failure.hpp"
#include "lago_signup/lago_signup.hpp"

namespace lago::signup {

namespace {

constexpr int api_port = 3000;

// Lago before 1.6.1 reads the second name on the API; later ones the first.
const std::vector<std::string> api_names{"LAGO_DISABLE_SIGNUP", "LAGO_SIGNUP_DISABLED"};
const std::vector<std::string> front_names{"LAGO_DISABLE_SIGNUP"};

State read_state(const std::string& word) {
    return word == "disabled" ? State::disabled : State::enabled;
}

Probe read_probe(const std::string& word) {
    if (word == "known_email") return Probe::known_email;
    return word == "blank" ? Probe::blank : Probe::off;
}

std::vector<Target> read_targets(const Options& options) {
    std::vector<Target> targets;
    const auto files = options.find<std::vector<Options>>("env_files");
    if (files)
        for (const Options& file : *files) {
            const bool api = file.get<std::string>("side") == "api";
            targets.push_back({api ? Target::Kind::api_env : Target::Kind::front_env,
                               system::Path(file.get<std::string>("path"), "env_files.path"),
                               api ? api_names : front_names});
        }
    if (const auto vars = options.find<std::string>("vars_file"))
        targets.push_back(
            {Target::Kind::vars, system::Path(*vars, "vars_file"), {options.get<std::string>("vars_name")}});
    return targets;
}

text::HttpUrl read_url(const std::string& url, const std::string& option) {
    auto parsed = text::parse_http_url(url);
    if (!parsed)
        throw Failure{.what = option + " is not an address of Lago",
                      .why = parsed.error(),
                      .hint = "Write it like https://lago.example.com/api",
                      .kind = "bad_url"};
    return std::move(*parsed);
}

Service service_at(const text::HttpUrl& url, docker::ServiceAddress address, const Options& options) {
    address.host = url.host;
    address.port = url.port;
    Service service{.address = std::move(address), .path = url.path};
    if (url.tls)
        service.tls = http::Tls{.ca_file = options.find<std::string>("ca_path").value_or(""),
                                .verify = options.get<bool>("validate_certs")};
    return service;
}

Service read_api(const Options& options, const docker::ServiceAddress& address) {
    if (const auto url = options.find<std::string>("api_url"))
        return service_at(read_url(*url, "api_url"), address, options);
    if (!address.host && !address.container && !address.unix_socket)
        throw Failure{.what = "the API cannot be asked",
                      .why = "it is not said where it is",
                      .hint = "Give api_url, login_container, login_host or login_unix_socket",
                      .kind = "no_address"};
    return {.address = address};
}

// The front is a service of its own: only the network it is reached from is shared with the API.
Service read_front(const Options& options, const std::string& url, const docker::ServiceAddress& api) {
    docker::ServiceAddress address;
    address.container = api.container;
    address.docker_host = api.docker_host;
    if (address.container) address.method = docker::Way::container;
    return service_at(read_url(url, "front_url"), std::move(address), options);
}

}  // namespace

Desired read_options(const Options& options, bool check_mode) {
    Desired desired{
        .targets = read_targets(options),
        .change_files = options.get<bool>("change_files"),
        .backup = options.get<bool>("backup"),
        .probe = read_probe(options.get<std::string>("probe")),
        .known_email = options.find<std::string>("known_email").value_or(""),
        .mismatch = options.get<std::string>("mismatch") == "report" ? Mismatch::report : Mismatch::fail,
        .check_mode = check_mode};
    if (const auto state = options.find<std::string>("state")) desired.state = read_state(*state);
    if (desired.probe == Probe::known_email && desired.known_email.empty())
        throw Failure{.what = "known_email is empty",
                      .hint = "Give the e-mail of a user that Lago has, or set probe to blank",
                      .kind = "bad_option"};
    const auto address = docker::ServiceAddress::from(options, {.port = api_port});
    if (desired.probe != Probe::off) desired.api = read_api(options, address);
    if (const auto url = options.find<std::string>("front_url"))
        desired.front = read_front(options, *url, address);
    if (desired.targets.empty() && !desired.api && !desired.front)
        throw Failure{.what = "there is nothing to do",
                      .hint = "Name env_files or a vars_file to change, or a probe or a front_url to ask",
                      .kind = "bad_option"};
    return desired;
}

}  // namespace lago::signup
