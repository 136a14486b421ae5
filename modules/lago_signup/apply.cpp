// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/failure.hpp"
#include "lago_signup/lago_signup.hpp"

namespace lago::signup {

namespace {

Failure not_written(const system::SystemError& error, const std::vector<std::string>& written) {
    Failure failure = system::failure_of(error);
    failure.what = "the switch cannot be written";
    failure.why = error.message();
    failure.changed = !written.empty();
    if (!written.empty()) failure.facts.set("done", list_of(written));
    return failure;
}

}  // namespace

Done apply(const Desired& desired, const Plan& plan) {
    std::vector<system::StagedFile> staged;
    for (const Step& step : plan.steps) {
        auto file = system::StagedFile::write(step.path, std::string_view(step.content), {});
        if (!file) throw not_written(file.error(), {});
        staged.push_back(std::move(*file));
    }
    Done done;
    if (desired.backup)
        for (const Step& step : plan.steps) {
            const auto copy = system::back_up(step.path);
            if (!copy) throw not_written(copy.error(), {});
            done.backups.emplace_back(step.path.string(), copy->string());
        }
    std::vector<std::string> written;
    for (system::StagedFile& file : staged) {
        const auto committed = file.commit();
        if (!committed) throw not_written(committed.error(), written);
        written.push_back(file.target().string());
    }
    return done;
}

}  // namespace lago::signup
