// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/failure.hpp"
#include "lago_docker/lago_docker.hpp"

namespace lago::docker {

namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string on_or_off(bool flag) {
    return flag ? "on" : "off";
}

void compare(const std::string& what, const std::map<std::string, std::string>& wanted,
             const std::map<std::string, std::string>& found, std::vector<std::string>& differences) {
    for (const auto& [name, value] : wanted) {
        const auto other = found.find(name);
        if (other == found.end())
            differences.push_back(what + " " + name + " is not set, should be " + value);
        else if (other->second != value)
            differences.push_back(what + " " + name + " is " + other->second + ", should be " + value);
    }
}

class Planner {
public:
    Planner(const Desired& desired, const Observed& before) : desired_(desired), before_(before) {
        plan_.after = before;
        plan_.differences.resize(desired.networks.size());
        if (!before.why_no_engine.empty()) plan_.warnings.push_back(before.why_no_engine);
    }

    Plan run() {
        for (std::size_t at = 0; at < desired_.images.size(); ++at) image(at);
        for (std::size_t at = 0; at < desired_.networks.size(); ++at)
            if (desired_.networks[at].present) present(at);
        for (std::size_t at = 0; at < desired_.networks.size(); ++at)
            if (!desired_.networks[at].present) absent(at);
        return std::move(plan_);
    }

private:
    void image(std::size_t at) {
        const WantedImage& wanted = desired_.images[at];
        const ObservedImage& found = before_.images[at];
        const std::string& platform = wanted.platform.empty() ? before_.platform : wanted.platform;
        if (!found.local && wanted.pull == Policy::never) return nobody_may_pull(wanted);
        if (!found.local) return pull(at, Step::Kind::pull, wanted.platform);
        if (!runs_on(*found.local, platform)) return other_platform(at, platform);
        if (wanted.pull != Policy::always || !wanted.name.digest.empty()) return;
        if (!desired_.check_mode) return pull(at, Step::Kind::refresh, wanted.platform);
        if (!found.remote)
            plan_.warnings.push_back("whether a newer " + wanted.name.reference() +
                                     " would come cannot be asked in check mode: " + found.why_no_remote);
        else if (digest_of(*found.local, wanted.name) == *found.remote)
            return;
        pull(at, Step::Kind::pull, wanted.platform);
    }

    void pull(std::size_t at, Step::Kind kind, const std::string& platform) {
        Step& step = plan_.steps.emplace_back(kind, at, platform);
        if (before_.images[at].local) step.ids = {before_.images[at].local->id};
        plan_.after.images[at].local.reset();
    }

    void nobody_may_pull(const WantedImage& wanted) {
        const std::string name = wanted.name.reference();
        if (!desired_.check_mode)
            throw Failure{.what = "the image " + name + " is not there",
                          .why = "pull is never",
                          .hint = "Load it (docker load), or let it be pulled with pull: missing",
                          .kind = "image_missing",
                          .facts = Dict{{"image", name}}};
        plan_.warnings.push_back("the image " + name + " is not there, and pull is never");
    }

    void other_platform(std::size_t at, const std::string& platform) {
        const WantedImage& wanted = desired_.images[at];
        if (wanted.pull != Policy::never) return pull(at, Step::Kind::pull, platform);
        const Image& image = *before_.images[at].local;
        plan_.warnings.push_back("the image " + wanted.name.reference() + " is made for " + image.os + "/" +
                                 image.architecture + ", not for " + platform + ", and pull is never");
    }

    void present(std::size_t at) {
        const WantedNetwork& wanted = desired_.networks[at];
        const std::vector<Network>& found = before_.networks[at].found;
        if (found.empty()) {
            plan_.steps.push_back({.kind = Step::Kind::create, .at = at});
            plan_.after.networks[at].found = {wanted.to_network()};
            return;
        }
        std::vector<std::string>& differences = plan_.differences[at];
        differences = docker::differences(wanted, found.front());
        if (found.size() > 1)
            differences.push_back("there are " + std::to_string(found.size()) + " networks of this name");
        if (!differences.empty())
            plan_.warnings.push_back("the network " + wanted.name +
                                     " is there, but is not as it should be: " + joined(differences) +
                                     ". It is not made anew, because its containers would be cut off: stop "
                                     "them, remove it (docker "
                                     "network rm " +
                                     (found.size() > 1 ? "ID" : wanted.name) + ") and run this again");
    }

    void absent(std::size_t at) {
        const WantedNetwork& wanted = desired_.networks[at];
        const ObservedNetwork& network = before_.networks[at];
        if (network.found.empty()) return;
        if (!network.containers.empty()) in_use(wanted, network.containers);
        Step& step = plan_.steps.emplace_back(Step::Kind::remove, at);
        for (const Network& one : network.found) step.ids.push_back(one.id);
        plan_.after.networks[at] = {};
    }

    void in_use(const WantedNetwork& wanted, const std::vector<std::string>& containers) {
        const std::string why = "containers run in it: " + joined(containers);
        if (!desired_.check_mode)
            throw Failure{.what = "the network " + wanted.name + " cannot be removed",
                          .why = why,
                          .hint = "Stop them, or take them out of it (docker network disconnect)",
                          .kind = "network_in_use",
                          .facts = Dict{{"network", wanted.name}, {"containers", list_of(containers)}}};
        plan_.warnings.push_back("the network " + wanted.name +
                                 " can only be removed when nothing uses it; " + why);
    }

    const Desired& desired_;
    const Observed& before_;
    Plan plan_;
};

}  // namespace

bool Plan::changed() const {
    return std::ranges::any_of(steps, [](const Step& step) { return step.kind != Step::Kind::refresh; });
}

bool runs_on(const Image& image, std::string_view platform) {
    if (image.architecture.empty() || image.os.empty() || platform.empty()) return true;
    const std::size_t slash = platform.find('/');
    const std::string_view os = platform.substr(0, slash);
    const std::string_view rest = platform.substr(slash + 1);
    const std::string_view architecture = rest.substr(0, rest.find('/'));
    const bool is_smaller = (architecture == "amd64" && image.architecture == "386") ||
                            (architecture == "arm64" && image.architecture == "arm");
    return image.os == os && (image.architecture == architecture || is_smaller);
}

std::string digest_of(const Image& image, const ImageName& name) {
    const std::string start = name.familiar() + "@";
    const auto found =
        std::ranges::find_if(image.digests, [&](const std::string& one) { return one.starts_with(start); });
    return found == image.digests.end() ? std::string() : found->substr(start.size());
}

std::vector<std::string> differences(const WantedNetwork& wanted, const Network& network) {
    std::vector<std::string> differences;
    if (network.driver != wanted.driver)
        differences.push_back("driver is " + network.driver + ", should be " + wanted.driver);
    compare("driver option", wanted.options, network.options, differences);
    if (wanted.ipv6 && *wanted.ipv6 != network.ipv6)
        differences.push_back("enable_ipv6 is " + on_or_off(network.ipv6) + ", should be " +
                              on_or_off(*wanted.ipv6));
    if (wanted.internal && *wanted.internal != network.internal)
        differences.push_back("internal is " + on_or_off(network.internal) + ", should be " +
                              on_or_off(*wanted.internal));
    compare("label", wanted.labels, network.labels, differences);
    return differences;
}

Plan make_plan(const Desired& desired, const Observed& before) {
    return Planner(desired, before).run();
}

}  // namespace lago::docker
