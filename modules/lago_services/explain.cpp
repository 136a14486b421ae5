// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "ansible/session.hpp"
#include "core/secret.hpp"
#include "lago_services/lago_services.hpp"
#include "system/file.hpp"
#include "systemd/journal.hpp"
#include "text/secret_text.hpp"

namespace lago::services {

namespace {

// What a program prints of its environment must not be seen here.
void keep_secrets_of(const Service& service) {
    for (const std::string& file : service.config_files) {
        auto content = system::read_file(system::Path(file, "config_files"));
        if (!content) continue;
        text::keep_secrets_of_env(*content);
        secrets::wipe(*content);
    }
}

std::vector<std::string> journal_of(const Desired& desired, const Service& service,
                                    std::optional<std::chrono::system_clock::time_point> since) {
    keep_secrets_of(service);
    std::vector<std::string> lines =
        systemd::last_lines(service.unit, desired.journal_lines, since, a_moment());
    constexpr std::size_t longest = 500;
    for (std::string& line : lines) {
        line = ansible::without_url_passwords(secrets::scrub(line));
        if (line.size() > longest) line = line.substr(0, longest) + "…";
    }
    return lines;
}

}  // namespace

Deadline a_moment() {
    return Deadline::after(std::chrono::seconds(5));
}

std::string state_in_words(const systemd::Unit& unit) {
    std::string text(systemd::word(unit.active));
    std::string details = unit.sub_state == text ? "" : unit.sub_state;
    const auto add = [&](const std::string& detail) { details += (details.empty() ? "" : ", ") + detail; };
    if (!unit.result.empty() && unit.result != "success") add(unit.result);
    if (unit.exit_status != 0)
        add((unit.result == "signal" ? "signal " : "exit status ") + std::to_string(unit.exit_status));
    if (unit.restarts > 0) add("restarted " + std::to_string(unit.restarts) + " times");
    return details.empty() ? text : text + " (" + details + ")";
}

Failure late(const Service& service, const Found& is) {
    Failure failure{.what = service.unit + " is not up in time",
                    .why = is.why_unhealthy,
                    .hint = {},
                    .kind = "unhealthy",
                    .facts = {}};
    if (is.unit.is_active()) return failure;
    failure.kind = "still_starting";
    failure.why = "systemd says " + state_in_words(is.unit) + ", and goes on with it";
    failure.hint =
        is.unit.sub_state == "start-pre"
            ? "What it does before its start (ExecStartPre), such as a migration, takes longer than "
              "timeout. Wait until it is done and run this again, or raise timeout"
            : "Wait and run this again, or raise timeout";
    return failure;
}

void explain(Failure& failure, const Desired& desired, const Service& service, const systemd::Unit& unit,
             std::optional<std::chrono::system_clock::time_point> since) {
    failure.facts.set("unit", unit.name);
    if (!unit.result.empty()) failure.facts.set("result", unit.result);
    failure.facts.set("exit_status", unit.exit_status);
    const std::vector<std::string> lines = journal_of(desired, service, since);
    failure.facts.set("journal", list_of(lines));
    if (failure.hint.empty())
        failure.hint =
            lines.empty() ? "Look at `journalctl --unit=" + unit.name + "`" : "Its last lines say why";
    if (lines.empty()) return;
    failure.hint += ". From the journal:";
    for (const std::string& line : lines) failure.hint += "\n  " + line;
}

}  // namespace lago::services
