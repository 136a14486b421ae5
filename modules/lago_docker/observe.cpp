// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/failure.hpp"
#include "docker/reach_error.hpp"
#include "lago_docker/lago_docker.hpp"
#include "system/file.hpp"

namespace lago::docker {

namespace {

constexpr const char* no_answer = "cannot ask the Docker Engine";

template <class T>
T must(std::expected<T, ReachError> answer) {
    if (!answer) throw to_failure(answer.error(), no_answer);
    return std::move(*answer);
}

class Look {
public:
    Look(const Desired& desired, Deadline deadline)
        : desired_(desired), deadline_(deadline), keys_(desired) {}

    std::vector<ObservedNetwork> networks() {
        std::vector<ObservedNetwork> seen;
        if (desired_.networks.empty()) return seen;
        const std::vector<Network> all = must(list_networks(desired_.engine, deadline_));
        for (const WantedNetwork& wanted : desired_.networks) {
            ObservedNetwork& network = seen.emplace_back();
            std::ranges::copy_if(all, std::back_inserter(network.found),
                                 [&](const Network& other) { return other.name == wanted.name; });
            if (wanted.present) continue;
            for (const Network& found : network.found)
                for (std::string& name : must(containers_in(desired_.engine, found.id, deadline_)))
                    network.containers.push_back(std::move(name));
        }
        return seen;
    }

    std::vector<ObservedImage> images(const std::string& platform) {
        std::vector<ObservedImage> seen;
        for (const WantedImage& wanted : desired_.images) {
            ObservedImage& image = seen.emplace_back();
            image.local = must(desired_.engine.image(wanted.name.reference(), deadline_));
            const bool may_be_newer =
                wanted.pull == Policy::always && wanted.name.digest.empty() && image.local &&
                runs_on(*image.local, wanted.platform.empty() ? platform : wanted.platform);
            if (desired_.check_mode && may_be_newer) ask_registry(wanted.name, image);
        }
        return seen;
    }

private:
    void ask_registry(const ImageName& name, ObservedImage& image) {
        const Login login = keys_.of(name);
        if (!login.helper.empty())
            image.why_no_remote = "the credential helper " + login.helper + " keeps the login";
        else if (keys_.follow())
            image.why_no_remote = "the file with the logins is not there yet";
        if (!image.why_no_remote.empty()) return;
        const auto digest = with_retries(desired_, "cannot ask for the digest of", name, deadline_, [&] {
            return digest_at_registry(desired_.engine, name, login, deadline_);
        });
        image.remote = *digest;
    }

    const Desired& desired_;
    Deadline deadline_;
    Keys keys_;
};

}  // namespace

Failure registry_failure(const PullError& error, const std::string& what, const ImageName& name,
                         int attempts) {
    return {.what = what + " " + name.reference(),
            .why = error.why,
            .hint = error.hint,
            .kind = error.kind,
            .facts = Dict{{"image", name.reference()}, {"attempts", attempts}}};
}

system::FolderLock lock_networks(const Desired& desired, Deadline deadline) {
    if (desired.networks.empty()) return {};
    auto lock =
        system::FolderLock::take({system::Path(desired.engine.socket(), "docker_host").parent()}, deadline);
    if (!lock) throw system::failure_of(lock.error());
    return std::move(*lock);
}

Observed observe(const Desired& desired, Deadline deadline) {
    Observed observed;
    const auto platform = desired.engine.platform(deadline);
    if (!platform && desired.check_mode && platform.error().kind == ReachError::Kind::engine_unavailable) {
        observed.why_no_engine = platform.error().why;
        observed.networks.resize(desired.networks.size());
        observed.images.resize(desired.images.size());
        return observed;
    }
    observed.platform = must(platform);
    Look look(desired, deadline);
    observed.networks = look.networks();
    observed.images = look.images(observed.platform);
    return observed;
}

}  // namespace lago::docker
