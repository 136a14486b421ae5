// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "core/failure.hpp"
#include "docker/reach_error.hpp"
#include "lago_docker/lago_docker.hpp"

namespace lago::docker {

namespace {

constexpr int not_found = 404;
constexpr int conflict = 409;

struct Meaning {
    std::string_view words;
    std::string_view kind;
    std::string_view hint;
};

// The first that fits holds.
constexpr std::array meanings{
    Meaning{"IPv6", "address_pool_exhausted",
            "Give the Engine an IPv6 range (default-address-pools in its daemon.json), or set enable_ipv6 to "
            "false"},
    Meaning{"address pool", "address_pool_exhausted",
            "Remove networks that nothing uses (docker network prune), or give the Engine more ranges "
            "(default-address-pools in its daemon.json)"},
    Meaning{"predefined", "predefined_network", "It is one of Docker's own: choose another name"},
    Meaning{"pre-defined", "predefined_network", "It is one of Docker's own: choose another name"},
    Meaning{"plugin", "unknown_driver", "Check driver; the usual one is bridge"},
    Meaning{"active endpoints", "network_in_use", "Stop the containers that use it"},
};

Failure network_failure(const ReachError& error, const std::string& what) {
    Failure failure = to_failure(error, what);
    if (error.status == 0) return failure;
    const auto* found = std::ranges::find_if(
        meanings, [&](const Meaning& meaning) { return error.why.find(meaning.words) != std::string::npos; });
    failure.kind = found == meanings.end() ? "network_failed" : std::string(found->kind);
    failure.hint =
        found == meanings.end() ? "Look at the Engine (journalctl -u docker)" : std::string(found->hint);
    return failure;
}

class Work {
public:
    Work(const Desired& desired, Deadline deadline)
        : desired_(desired), deadline_(deadline), keys_(desired) {}

    Done run(const std::vector<Step>& steps) {
        try {
            for (const Step& step : steps) go(step);
        } catch (Failure& failure) {
            failure.changed = !finished_.empty();
            if (!finished_.empty()) failure.facts.set("done", list_of(finished_));
            throw;
        }
        return std::move(done_);
    }

private:
    void go(const Step& step) {
        switch (step.kind) {
            case Step::Kind::pull:
            case Step::Kind::refresh:
                return bring(step);
            case Step::Kind::create:
                return create(step.at);
            case Step::Kind::remove:
                return remove(step);
        }
    }

    void bring(const Step& step) {
        const WantedImage& wanted = desired_.images[step.at];
        const std::string name = wanted.name.reference();
        pull_with_retries(wanted.name, step.platform);
        auto image = desired_.engine.image(name, deadline_);
        if (!image) throw to_failure(image.error(), "cannot look at the image " + name);
        if (!*image)
            throw Failure{.what = "the image " + name + " was pulled, but is not there",
                          .why = {},
                          .hint = "Look at the Engine (journalctl -u docker); something may remove images",
                          .kind = "image_missing",
                          .facts = Dict{{"image", name}}};
        const bool is_new = step.ids.empty() || step.ids.front() != (*image)->id;
        if (is_new) finished_.push_back("pulled " + name);
        refuse_other_platform(wanted, **image);
        done_.images[step.at] = std::move(**image);
    }

    // An image without a list of platforms comes as it is.
    void refuse_other_platform(const WantedImage& wanted, const Image& image) {
        const auto platform = wanted.platform.empty() ? desired_.engine.platform(deadline_) : wanted.platform;
        if (!platform || runs_on(image, *platform)) return;
        const std::string made_for = image.os + "/" + image.architecture;
        throw Failure{.what = "the image " + wanted.name.reference() + " cannot run here",
                      .why = "it is made for " + made_for + ", and wanted is " + *platform,
                      .hint = "Name a tag that is made for it, or set platform to " + made_for +
                              " where the machine can emulate it",
                      .kind = "wrong_platform",
                      .facts = Dict{{"image", wanted.name.reference()}}};
    }

    void pull_with_retries(const ImageName& name, const std::string& platform) {
        const Login login = keys_.of(name);
        with_retries(desired_, "cannot pull", name, deadline_, [&] {
            return login.helper.empty() ? pull(desired_.engine, name, platform, login, deadline_)
                                        : pull_by_command(desired_.engine, name, platform,
                                                          *desired_.registry_config, deadline_);
        });
    }

    void create(std::size_t at) {
        Network network = desired_.networks[at].to_network();
        const std::string what = "cannot make the network " + network.name;
        const auto id = create_network(desired_.engine, network, deadline_);
        if (id) {
            network.id = *id;
            done_.networks[at] = std::move(network);
            finished_.push_back("made the network " + desired_.networks[at].name);
            return;
        }
        if (id.error().status != conflict) throw network_failure(id.error(), what);
        const auto all = list_networks(desired_.engine, deadline_);
        if (!all) throw network_failure(all.error(), what);
        const auto found = std::ranges::find(*all, network.name, &Network::name);
        if (found == all->end()) throw network_failure(id.error(), what);
        done_.networks[at] = *found;
        done_.made_by_others.insert(at);
    }

    void remove(const Step& step) {
        const std::string& name = desired_.networks[step.at].name;
        for (const std::string& id : step.ids) {
            const auto removed = desired_.engine.remove("/networks/" + id, deadline_);
            if (!removed && removed.error().status != not_found)
                throw network_failure(removed.error(), "cannot remove the network " + name);
        }
        finished_.push_back("removed the network " + name);
    }

    const Desired& desired_;
    Deadline deadline_;
    Keys keys_;
    Done done_;
    std::vector<std::string> finished_;
};

}  // namespace

Done apply(const Desired& desired, const Plan& plan, Deadline deadline) {
    return Work(desired, deadline).run(plan.steps);
}

}  // namespace lago::docker
