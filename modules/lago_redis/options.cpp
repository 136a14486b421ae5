// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "ansible/password_option.hpp"
#include "core/failure.hpp"
#include "lago_redis/lago_redis.hpp"
#include "system/path.hpp"

namespace lago::redis {

namespace {

constexpr int usual_port = 6379;

constexpr std::array requirements{Requirement::version,    Requirement::master,   Requirement::standalone,
                                  Requirement::scripting,  Requirement::commands, Requirement::noeviction,
                                  Requirement::persistence};

std::string file_named(const Options& options, std::string_view name) {
    const auto text = options.find<std::string>(name);
    return text && !text->empty() ? system::Path(*text, name).string() : std::string();
}

std::vector<Requirement> named(const std::vector<std::string>& words) {
    std::vector<Requirement> found;
    std::ranges::copy_if(requirements, std::back_inserter(found), [&](Requirement requirement) {
        return std::ranges::find(words, word(requirement)) != words.end();
    });
    return found;
}

}  // namespace

Desired read_options(const Options& options, bool check_mode) {
    Desired desired;
    options.at_least("timeout", 1);  // read by Call::deadline()
    desired.address =
        docker::ServiceAddress::from(options, {.port = usual_port, .socket_name = {}, .sockets = {}});
    if (options.get<bool>("tls")) {
        desired.tls = http::Tls{.ca_file = file_named(options, "ca_certs"),
                                .verify = options.get<bool>("validate_certs"),
                                .certificate_file = file_named(options, "client_cert_file"),
                                .key_file = file_named(options, "client_key_file")};
    }
    desired.user = options.find<std::string>("login_user").value_or("");
    auto login = ansible::password_option(options, "login_password", check_mode);
    desired.password = login.password;
    if (desired.password && desired.password->empty()) desired.password.reset();  // how a playbook says: none
    desired.password_follows = login.follows;
    desired.db = options.at_least("db", 0);
    desired.required = named(options.get<std::vector<std::string>>("require"));
    desired.retries = options.at_least("retries", 0);
    desired.delay = std::chrono::seconds(options.at_least("delay", 0));
    desired.may_be_missing = check_mode;
    return desired;
}

}  // namespace lago::redis
