// SPDX-License-Identifier: GPL-3.0-or-later
#include "systemd/error.hpp"

#include <algorithm>
#include <array>

namespace lago::systemd {

namespace {

using Kind = Error::Kind;

bool holds_any(std::string_view text, std::initializer_list<std::string_view> phrases) {
    return std::ranges::any_of(phrases, [&](std::string_view phrase) { return text.contains(phrase); });
}

// What a program said, on one line.
std::string in_one_line(std::string_view text) {
    std::string line;
    for (const char letter : text) {
        const bool blank = letter == '\n' || letter == '\r' || letter == '\t' || letter == ' ';
        if (!blank)
            line += letter;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    }
    while (line.ends_with(' ') || line.ends_with('.')) line.pop_back();
    return line;
}

}  // namespace

std::string_view word(Error::Kind kind) {
    switch (kind) {
        case Kind::not_running:
            return "systemd_not_running";
        case Kind::denied:
            return "permission_denied";
        case Kind::timeout:
            return "timed_out";
        case Kind::refused:
            return "systemd_refused";
        case Kind::garbage:
            return "systemd_garbage";
    }
    return "systemd_refused";
}

Failure to_failure(const Error& error, std::string what) {
    return {.what = std::move(what),
            .why = error.why,
            .hint = error.hint,
            .kind = std::string(word(error.kind)),
            .facts = {}};
}

Error error_of(system::RunError error, const std::string& program) {
    switch (error) {
        case system::RunError::not_found:
            return {Kind::not_running, "there is no " + program + " on this machine",
                    "Services are systemd's business here: run the task on a machine with systemd"};
        case system::RunError::refused:
            return {Kind::refused, program + " cannot be started",
                    "Look at its permissions and at the memory that is left"};
        case system::RunError::deadline:
            return {Kind::timeout, program + " gave no answer within the time given",
                    "Look at what systemd is doing (systemctl list-jobs), or raise timeout"};
        case system::RunError::too_much:
            break;
    }
    return {Kind::garbage, program + " printed more than it ever should", "Look at which program that is"};
}

Error error_of(const system::Finished& finished, const std::string& program) {
    std::string said = in_one_line(finished.err);
    if (said.empty()) said = program + " ended with status " + std::to_string(finished.status);
    if (holds_any(said, {"has not been booted with systemd", "Failed to connect to bus: Host is down",
                         "Failed to connect to bus: No such file or directory"}))
        return {Kind::not_running, "systemd does not run this machine (" + said + ")",
                "Run the task on a machine, or in a container, that systemd was started in"};
    if (holds_any(said, {"authentication required", "Access denied", "Permission denied", "Not authorized"}))
        return {Kind::denied, said, "Run the task as root (become: true)"};
    return {Kind::refused, said, ""};
}

}  // namespace lago::systemd
