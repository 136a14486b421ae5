// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/internals.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "ansible/coerce.hpp"
#include "ansible/python.hpp"

namespace lago::ansible {

namespace {

constexpr std::string_view prefix = "_ansible_";

class Taker {
public:
    Taker(Internals& out, const Dict& keys) : out_(out), keys_(keys) {}

    void flag(std::string_view key, bool& target) {
        const Value* value = find(key);
        if (value == nullptr || value->is_null()) return;
        const auto made = to_bool(*value, out_.dialect);
        if (made)
            target = *made;
        else if (out_.error.empty())
            fail(key, made.error());
    }
    void text(std::string_view key, std::string& target) {
        const Value* value = find(key);
        if (value != nullptr && !value->is_null()) target = python::str(*value);
    }
    const Value* find(std::string_view key) const {
        return keys_.find(std::string(prefix) + std::string(key));
    }

    /// What AnsibleModule had not yet taken when it stumbled over a flag; empty where it did not.
    Dict left_over() const {
        Dict left;
        if (out_.error.empty()) return left;
        for (const auto& [key, value] : keys_.items()) {
            const auto place = std::ranges::find(order, std::string_view(key).substr(prefix.size()));
            if (place == order.end() || place >= failed_) left.set(key, value);
        }
        return left;
    }

private:
    static constexpr std::array<std::string_view, 8> order = {
        "check_mode",        "debug",       "diff",  "keep_remote_files", "ignore_unknown_opts",
        "inject_invocation", "module_name", "no_log"};

    void fail(std::string_view key, const std::string& why) {
        out_.error = why;
        failed_ = std::ranges::find(order, key);
    }

    Internals& out_;
    const Dict& keys_;
    std::array<std::string_view, 8>::const_iterator failed_ = order.end();
};

}  // namespace

Internals Internals::take(Dict& parameters) {
    Dict keys;
    for (const auto& [key, value] : parameters.items())
        if (key.starts_with(prefix)) keys.set(key, value);
    for (const auto& [key, value] : keys.items()) parameters.erase(key);

    Internals made;
    Taker taker(made, keys);
    std::string version;
    taker.text("version", version);
    made.dialect = Dialect::of(version);
    taker.flag("check_mode", made.check_mode);
    taker.flag("debug", made.debug);
    taker.flag("diff", made.diff);
    bool keep_remote_files = false;  // only that it is a flag matters: nothing of ours is left to be kept
    taker.flag("keep_remote_files", keep_remote_files);
    taker.flag("ignore_unknown_opts", made.ignore_unknown_opts);
    taker.flag("no_log", made.no_log);
    const Value* inject = taker.find("inject_invocation");
    made.inject_invocation = inject != nullptr && python::truth(*inject);
    const Value* verbosity = taker.find("verbosity");
    const Integer* number = verbosity == nullptr ? nullptr : verbosity->as_integer();
    if (number != nullptr && number->value) made.verbosity = static_cast<int>(*number->value);
    if (const Value* name = taker.find("module_name")) made.module_name = python::str(*name);
    taker.text("syslog_facility", made.syslog_facility);
    taker.text("target_log_info", made.target_log_info);
    taker.text("tmpdir", made.tmpdir);
    taker.text("remote_tmp", made.remote_tmp);
    for (auto& [key, value] : taker.left_over().items()) parameters.set(key, value);
    return made;
}

std::string plain_module_name(const std::string& name) {
    constexpr std::string_view folder = "__bin__.";
    constexpr std::array<std::string_view, 2> machines = {"_linux_x86_64", "_linux_aarch64"};
    std::string plain = name;
    if (const std::size_t place = plain.find(folder); place != std::string::npos)
        plain.erase(place, folder.size());
    for (const std::string_view machine : machines)
        if (plain.ends_with(machine)) plain.resize(plain.size() - machine.size());
    return plain;
}

}  // namespace lago::ansible
