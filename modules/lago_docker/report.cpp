// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "lago_docker/lago_docker.hpp"

namespace lago::docker {

namespace {

/// What is said of one network or image.
struct Outcome {
    std::string name;
    Dict returned;
    std::string before = "absent";
    std::string after = "absent";
};

class Reporter {
public:
    Reporter(const Desired& desired, const Observed& before, const Plan& plan, const Done& done)
        : desired_(desired), before_(before), plan_(plan), done_(done) {}

    Result run() {
        List networks;
        List images;
        for (std::size_t at = 0; at < desired_.networks.size(); ++at) add("networks", network(at), networks);
        for (std::size_t at = 0; at < desired_.images.size(); ++at) add("images", image(at), images);
        result_.returned.set("networks", std::move(networks));
        result_.returned.set("images", std::move(images));
        result_.warnings.insert(result_.warnings.begin(), plan_.warnings.begin(), plan_.warnings.end());
        if (result_.changed) result_.diff = Diff{.parts = {{.before = diff_before_, .after = diff_after_}}};
        return std::move(result_);
    }

private:
    void add(const std::string& kind, Outcome outcome, List& list) {
        const std::string& action = *outcome.returned.find("action")->as_string();
        list.emplace_back(std::move(outcome.returned));
        if (action == "none") return;
        result_.changed = true;
        put(diff_before_, kind, outcome.name, std::move(outcome.before));
        put(diff_after_, kind, outcome.name, std::move(outcome.after));
    }

    static void put(Dict& diff, const std::string& kind, const std::string& name, std::string text) {
        if (!diff.contains(kind)) diff.set(kind, Dict{});
        diff.find(kind)->as_dict()->set(name, std::move(text));
    }

    const Step* step_of(bool of_image, std::size_t at) const {
        const auto found = std::ranges::find_if(plan_.steps, [&](const Step& step) {
            return step.at == at &&
                   of_image == (step.kind == Step::Kind::pull || step.kind == Step::Kind::refresh);
        });
        return found == plan_.steps.end() ? nullptr : &*found;
    }

    Outcome network(std::size_t at) {
        const WantedNetwork& wanted = desired_.networks[at];
        const Step* step = step_of(false, at);
        std::vector<std::string> differing = plan_.differences[at];
        std::string action = "none";
        if (step != nullptr) action = step->kind == Step::Kind::create ? "create" : "remove";
        if (done_.made_by_others.contains(at)) {
            action = "none";
            differing = differences(wanted, done_.networks.at(at));
            if (!differing.empty())
                result_.warnings.push_back("the network " + wanted.name +
                                           " was just made by another, and is not as it should be");
        }
        Outcome outcome{
            .name = wanted.name,
            .returned = {{"name", wanted.name}, {"action", action}, {"differences", list_of(differing)}}};
        if (const std::string id = id_of_network(at); !id.empty()) outcome.returned.set("id", id);
        if (!before_.networks[at].found.empty()) outcome.before = "present";
        if (wanted.present) outcome.after = "present";
        return outcome;
    }

    std::string id_of_network(std::size_t at) const {
        if (const auto made = done_.networks.find(at); made != done_.networks.end()) return made->second.id;
        const std::vector<Network>& after = plan_.after.networks[at].found;
        return after.empty() ? std::string() : after.front().id;
    }

    Outcome image(std::size_t at) const {
        const WantedImage& wanted = desired_.images[at];
        const std::optional<Image>& before = before_.images[at].local;
        std::optional<Image> after = plan_.after.images[at].local;
        if (const auto pulled = done_.images.find(at); pulled != done_.images.end()) after = pulled->second;
        const Step* step = step_of(true, at);
        const bool came = step != nullptr && (!after || !before || after->id != before->id);
        const std::string name = wanted.name.reference();
        Outcome outcome{.name = name, .returned = {{"name", name}, {"action", came ? "pull" : "none"}}};
        if (before) outcome.returned.set("before_id", before->id);
        if (before) outcome.before = before->id;
        outcome.after = "pulled";  // what came has an ID only after a run; a diff is the same in both
        if (after) outcome.returned.set("id", after->id);
        std::string digest = after ? digest_of(*after, wanted.name) : before_.images[at].remote.value_or("");
        if (!digest.empty()) outcome.returned.set("digest", std::move(digest));
        return outcome;
    }

    const Desired& desired_;
    const Observed& before_;
    const Plan& plan_;
    const Done& done_;
    Result result_;
    Dict diff_before_;
    Dict diff_after_;
};

}  // namespace

Result report(const Desired& desired, const Observed& before, const Plan& plan, const Done& done) {
    return Reporter(desired, before, plan, done).run();
}

}  // namespace lago::docker
