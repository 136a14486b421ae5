// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <tuple>
#include <utility>

#include "lago_files/lago_files.hpp"

namespace lago::files {

namespace {

using StepDone = std::expected<void, system::SystemError>;

// Removes what was made ahead of the first rename, unless that is reached.
class Preparations {
public:
    Preparations() = default;
    Preparations(const Preparations&) = delete;
    Preparations& operator=(const Preparations&) = delete;
    ~Preparations() {
        if (kept_) return;
        for (const system::Path& file : files_) std::ignore = system::remove_file(file);
        for (; !folders_.empty(); folders_.pop_back())
            std::ignore = system::remove_empty_folder(folders_.back());
    }

    void made_folder(const system::Path& path) { folders_.push_back(path); }
    void made_file(const system::Path& path) { files_.push_back(path); }
    void keep() { kept_ = true; }

private:
    std::vector<system::Path> folders_;
    std::vector<system::Path> files_;
    bool kept_ = false;
};

class Progress {
public:
    explicit Progress(const Plan& plan) {
        for (const Step& step : plan.steps) not_done_.push_back(step.path.string());
    }

    void done(const Step& step) {
        done_.push_back(step.path.string());
        const auto entry = std::ranges::find(not_done_, step.path.string());
        if (entry != not_done_.end()) not_done_.erase(entry);
    }

    Failure failed(Failure failure, bool partly = false) const {
        failure.changed = !done_.empty() || partly;
        const std::string summary = !failure.changed
                                        ? "Nothing was changed"
                                        : "Done: " + joined(done_) + ". Not done: " + joined(not_done_) +
                                              (partly ? " (the first of them in part)" : "");
        failure.hint = failure.hint.empty() ? summary : failure.hint + ". " + summary;
        failure.facts.set("done", list_of(done_));
        failure.facts.set("not_done", list_of(not_done_));
        return failure;
    }

private:
    static std::string joined(const std::vector<std::string>& paths) {
        std::string text;
        for (const std::string& path : paths) text.append(text.empty() ? "" : ", ").append(path);
        return text.empty() ? "nothing" : text;
    }

    std::vector<std::string> done_;
    std::vector<std::string> not_done_;
};

class Work {
public:
    Work(const Desired& desired, const Plan& plan) : desired_(desired), plan_(plan), progress_(plan) {}

    Done prepare_and_commit() {
        refuse_blocked();
        make_folders();
        stage_files();
        back_up_files();
        made_.keep();
        commit();
        return std::move(done_);
    }

private:
    void refuse_blocked() const {
        for (const Step& step : plan_.steps)
            if (step.blocked) throw progress_.failed(*step.blocked);
    }

    void must(const StepDone& result) const {
        if (!result) throw progress_.failed(system::failure_of(result.error()));
    }

    void make_folders() {
        for (const Step& step : plan_.steps) {
            if (step.kind != Step::Kind::make_directory) continue;
            must(system::make_directory(step.path, step.ownership));
            made_.made_folder(step.path);
        }
    }

    void stage_files() {
        for (const Step& step : plan_.steps) {
            if (step.kind != Step::Kind::write_file) continue;
            auto file = std::visit(
                [&](const auto& content) {
                    return system::StagedFile::write(step.path, content, step.ownership,
                                                     desired_.unsafe_writes);
                },
                *step.content);
            if (!file) throw progress_.failed(system::failure_of(file.error()));
            staged_.push_back(std::move(*file));
        }
    }

    void back_up_files() {
        if (!desired_.backup) return;
        for (const Step& step : plan_.steps) {
            const bool goes = step.kind == Step::Kind::write_file || step.kind == Step::Kind::remove;
            const auto now = system::read_attributes(step.path, false);
            if (!goes || !now || now->kind != system::FileKind::regular) continue;
            const auto copy = system::back_up(step.path);
            if (!copy) throw progress_.failed(system::failure_of(copy.error()));
            made_.made_file(*copy);
            done_.backups.emplace_back(step.path, *copy);
        }
    }

    // No signal comes between the renames; a kill does, and the next run makes good.
    void commit() {
        const system::SignalBlock block;
        auto next = staged_.begin();
        for (const Step& step : plan_.steps) {
            const bool writes = step.kind == Step::Kind::write_file;
            const auto was = system::read_attributes(step.path, false);
            const StepDone result = writes ? next->commit(desired_.unsafe_writes) : commit_other(step);
            // What could only not be synced stands there all the same.
            const bool there =
                result || (writes ? next->committed() : result.error().action == system::sync_action);
            if (there) progress_.done(step);
            if (writes) ++next;
            if (result) continue;
            const bool touched = system::read_attributes(step.path, false) != was || removes_a_tree(step);
            throw progress_.failed(system::failure_of(result.error()), !there && touched);
        }
    }

    StepDone commit_other(const Step& step) const {
        switch (step.kind) {
            case Step::Kind::set_attributes:
                return system::set_ownership(step.path, step.ownership);
            case Step::Kind::make_link: {
                auto made = system::make_link(step.path, desired_.entries[step.entry].link_target);
                return made ? system::set_ownership(step.path, step.ownership) : made;
            }
            case Step::Kind::remove:
                return system::remove_tree(step.path);
            case Step::Kind::make_directory:
            case Step::Kind::write_file:
                break;  // made before, or by the caller
        }
        return {};
    }

    bool removes_a_tree(const Step& step) const {
        return step.kind == Step::Kind::remove && desired_.entries[step.entry].recurse;
    }

    const Desired& desired_;
    const Plan& plan_;
    Progress progress_;
    Preparations made_;  // outlives what is staged in the folders that it removes
    std::vector<system::StagedFile> staged_;
    Done done_;
};

}  // namespace

Done apply(const Desired& desired, const Plan& plan) {
    return Work(desired, plan).prepare_and_commit();
}

}  // namespace lago::files
