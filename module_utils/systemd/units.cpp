// SPDX-License-Identifier: GPL-3.0-or-later
#include "systemd/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <map>
#include <utility>

#include "core/ascii.hpp"
#include "system/process.hpp"

namespace lago::systemd {

namespace {

constexpr std::string_view properties =
    "LoadState,LoadError,ActiveState,SubState,UnitFileState,NeedDaemonReload,Job,FragmentPath,NRestarts,"
    "Result,ExecMainStatus,MainPID,InvocationID,ActiveEnterTimestampMonotonic,Requires,BindsTo,PartOf";

constexpr std::array suffixes = {".service", ".socket", ".timer", ".path",  ".target",
                                 ".mount",   ".swap",   ".slice", ".device"};

constexpr std::array load_states = {
    std::pair{LoadState::loaded, std::string_view("loaded")},
    std::pair{LoadState::not_found, std::string_view("not-found")},
    std::pair{LoadState::masked, std::string_view("masked")},
    std::pair{LoadState::bad_setting, std::string_view("bad-setting")},
    std::pair{LoadState::error, std::string_view("error")},
};

constexpr std::array active_states = {
    std::pair{ActiveState::active, std::string_view("active")},
    std::pair{ActiveState::reloading, std::string_view("reloading")},
    std::pair{ActiveState::inactive, std::string_view("inactive")},
    std::pair{ActiveState::failed, std::string_view("failed")},
    std::pair{ActiveState::activating, std::string_view("activating")},
    std::pair{ActiveState::deactivating, std::string_view("deactivating")},
};

template <class States, class State>
State read_state(const States& states, std::string_view text, State other) {
    const auto found = std::ranges::find(states, text, [](const auto& pair) { return pair.second; });
    return found == states.end() ? other : found->first;
}

template <class States, class State>
std::string_view word_of(const States& states, State state) {
    const auto found = std::ranges::find(states, state, [](const auto& pair) { return pair.first; });
    return found == states.end() ? "other" : found->second;
}

using Block = std::map<std::string_view, std::string_view>;

// Blocks of lines NAME=value, with an empty line between two.
std::vector<Block> blocks_in(std::string_view printed) {
    std::vector<Block> blocks(1);
    while (!printed.empty()) {
        const std::size_t end = std::min(printed.find('\n'), printed.size());
        const std::string_view line = printed.substr(0, end);
        printed.remove_prefix(std::min(end + 1, printed.size()));
        const std::size_t equals = line.find('=');
        if (line.empty() && !blocks.back().empty())
            blocks.emplace_back();
        else if (equals != line.npos)
            blocks.back().emplace(line.substr(0, equals), line.substr(equals + 1));
    }
    if (blocks.back().empty()) blocks.pop_back();
    return blocks;
}

std::string_view text_in(const Block& block, std::string_view key) {
    const auto found = block.find(key);
    return found == block.end() ? std::string_view() : found->second;
}

std::int64_t number_in(const Block& block, std::string_view key) {
    const std::string_view text = text_in(block, key);
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() ? number : 0;
}

void add_words(std::vector<std::string>& words, std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

// org.freedesktop.systemd1.NoSuchUnit "Unit x.service not found."
std::string load_error_in(const Block& block) {
    const std::string_view text = text_in(block, "LoadError");
    const std::size_t begin = text.find('"');
    const std::size_t end = text.rfind('"');
    if (begin == text.npos || end <= begin) return {};
    std::string words(text.substr(begin + 1, end - begin - 1));
    while (words.ends_with('.')) words.pop_back();
    return words;
}

Unit unit_of(const Block& block, const std::string& name) {
    Unit unit;
    unit.name = name;
    unit.load = read_state(load_states, text_in(block, "LoadState"), LoadState::other);
    unit.load_error = load_error_in(block);
    unit.active = read_state(active_states, text_in(block, "ActiveState"), ActiveState::other);
    unit.sub_state = text_in(block, "SubState");
    unit.unit_file_state = text_in(block, "UnitFileState");
    unit.needs_daemon_reload = text_in(block, "NeedDaemonReload") == "yes";
    unit.job_pending = number_in(block, "Job") != 0;
    unit.fragment_path = text_in(block, "FragmentPath");
    unit.restarts = number_in(block, "NRestarts");
    unit.result = text_in(block, "Result");
    unit.exit_status = number_in(block, "ExecMainStatus");
    unit.main_pid = static_cast<pid_t>(number_in(block, "MainPID"));
    unit.invocation = text_in(block, "InvocationID");
    if (const auto since = number_in(block, "ActiveEnterTimestampMonotonic"); since > 0)
        unit.active_since = std::chrono::microseconds(since);
    for (const std::string_view key : {"Requires", "BindsTo", "PartOf"})
        add_words(unit.follows, text_in(block, key));
    return unit;
}

}  // namespace

std::string_view word(LoadState state) {
    return word_of(load_states, state);
}

std::string_view word(ActiveState state) {
    return word_of(active_states, state);
}

bool is_unit_name(std::string_view name) {
    constexpr std::size_t longest = 255;
    const auto is_allowed = [](char letter) {
        return ascii::is_alphanumeric(letter) || std::string_view(":-_.\\@").contains(letter);
    };
    const auto ends_so = [&](std::string_view suffix) {
        return name.size() > suffix.size() && name.ends_with(suffix);
    };
    return name.size() <= longest && !name.starts_with('-') && std::ranges::all_of(name, is_allowed) &&
           std::ranges::any_of(suffixes, ends_so);
}

std::chrono::microseconds monotonic_now() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::seconds(now.tv_sec) +
                                                                 std::chrono::nanoseconds(now.tv_nsec));
}

std::expected<std::vector<Unit>, Error> read_units(const std::vector<std::string>& names, Deadline deadline) {
    if (names.empty()) return std::vector<Unit>();
    std::vector<std::string> argv{"systemctl", "show", "--no-pager", "--property=" + std::string(properties),
                                  "--"};
    argv.insert(argv.end(), names.begin(), names.end());
    const auto finished = system::run(argv, deadline);
    if (!finished) return std::unexpected(error_of(finished.error(), argv.front()));
    if (finished->status != 0) return std::unexpected(error_of(*finished, argv.front()));
    return parse_units(finished->out, names);
}

std::expected<std::vector<Unit>, Error> parse_units(std::string_view printed,
                                                    const std::vector<std::string>& names) {
    const std::vector<Block> blocks = blocks_in(printed);
    const auto says_its_state = [](const Block& block) {
        return block.contains("LoadState") && block.contains("ActiveState");
    };
    if (blocks.size() != names.size() || !std::ranges::all_of(blocks, says_its_state))
        return std::unexpected(
            Error{Error::Kind::garbage,
                  "what systemctl printed is not the state of " + std::to_string(names.size()) + " units",
                  "Look at which program systemctl is"});
    std::vector<Unit> units;
    for (std::size_t at = 0; at < names.size(); ++at) units.push_back(unit_of(blocks[at], names[at]));
    return units;
}

}  // namespace lago::systemd
