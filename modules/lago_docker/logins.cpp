// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/failure.hpp"
#include "lago_docker/lago_docker.hpp"
#include "system/file.hpp"

namespace lago::docker {

namespace {

Failure unreadable(const system::Path& path, std::string why) {
    return {.what = "the logins in " + path.string() + " cannot be used",
            .why = std::move(why),
            .hint = "Run docker login again, or name another file as registry_config",
            .kind = "bad_registry_config",
            .facts = Dict{{"path", path.string()}}};
}

}  // namespace

const Logins& Keys::read() {
    if (logins_) return *logins_;
    logins_ = Logins();
    if (!desired_.registry_config) return *logins_;
    const auto content = system::read_secret_file(*desired_.registry_config);
    if (!content) {
        follow_ = content.error().is_missing() && desired_.config_was_named && desired_.check_mode;
        if (follow_ || (content.error().is_missing() && !desired_.config_was_named)) return *logins_;
        Failure failure = system::failure_of(content.error());
        failure.what = "the logins in " + desired_.registry_config->string() + " cannot be read";
        throw failure;
    }
    auto parsed = Logins::parse(*content);
    if (!parsed) throw unreadable(*desired_.registry_config, parsed.error());
    logins_ = std::move(*parsed);
    return *logins_;
}

Login Keys::of(const ImageName& name) {
    const auto login = read().of(name.registry);
    if (!login) throw unreadable(*desired_.registry_config, login.error());
    return *login;
}

bool Keys::follow() {
    read();
    return follow_;
}

}  // namespace lago::docker
