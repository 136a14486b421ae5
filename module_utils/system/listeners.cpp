// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/listeners.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <ranges>

#include "core/ascii.hpp"
#include "system/path.hpp"

namespace lago::system {

namespace {

constexpr int hexadecimal = 16;

template <class T>
std::optional<T> number(std::string_view text, int base = 10) {
    T value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::vector<std::string_view> fields_of(std::string_view line) {
    std::vector<std::string_view> fields;
    for (const auto field : line | std::views::split(' '))
        if (!field.empty()) fields.emplace_back(field.begin(), field.end());
    return fields;
}

// The kernel prints the words of an address, which are in the network's order, as numbers of this machine.
std::optional<std::string> address_of(std::string_view digits) {
    constexpr std::size_t word = 8;
    constexpr std::size_t most_words = 4;
    if (digits.size() != word && digits.size() != word * most_words) return std::nullopt;
    std::array<std::uint32_t, most_words> words{};
    for (std::size_t at = 0; at * word < digits.size(); ++at) {
        const auto value = number<std::uint32_t>(digits.substr(at * word, word), hexadecimal);
        if (!value) return std::nullopt;
        words.at(at) = *value;
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = digits.size() == word ? AF_INET : AF_INET6;
    if (::inet_ntop(family, words.data(), text.data(), text.size()) == nullptr) return std::nullopt;
    return std::string(text.data());
}

// "0100007F:1F98"
std::optional<Listener> listener_of(std::string_view line) {
    constexpr std::size_t at_local = 1;
    constexpr std::size_t at_state = 3;
    constexpr std::size_t at_inode = 9;
    const auto fields = fields_of(line);
    if (fields.size() <= at_inode || fields[at_state] != "0A") return std::nullopt;
    const std::size_t colon = fields[at_local].find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto address = address_of(fields[at_local].substr(0, colon));
    const auto port = number<std::uint16_t>(fields[at_local].substr(colon + 1), hexadecimal);
    const auto inode = number<std::uint64_t>(fields[at_inode]);
    if (!address || !port || !inode) return std::nullopt;
    return Listener{.address = *address, .port = *port, .inode = *inode};
}

bool holds(const Path& process, const std::string& socket) {
    const Path folder = process.child("fd");
    const auto names = list_folder(folder);
    return names && std::ranges::any_of(*names, [&](const std::string& name) {
               const auto link = read_attributes(folder.child(name), false);
               return link && link->link_target == socket;
           });
}

}  // namespace

std::vector<Listener> parse_listeners(std::string_view table) {
    std::vector<Listener> listeners;
    for (const auto line : table | std::views::split('\n'))
        if (const auto listener = listener_of(std::string_view(line.begin(), line.end())))
            listeners.push_back(*listener);
    return listeners;
}

std::expected<std::vector<Listener>, SystemError> read_listeners() {
    auto table = read_file(Path("/proc/net/tcp", "table"));
    if (!table) return std::unexpected(std::move(table.error()));
    std::vector<Listener> listeners = parse_listeners(*table);
    if (const auto more = read_file(Path("/proc/net/tcp6", "table")))
        std::ranges::copy(parse_listeners(*more), std::back_inserter(listeners));
    return listeners;
}

bool is_in_the_way(const Listener& listener, const HostPort& wanted) {
    const auto is_any = [](std::string_view address) {
        return address.empty() || address == "0.0.0.0" || address == "::";
    };
    if (listener.port != wanted.port) return false;
    if (is_any(wanted.address) || listener.address == "::" || listener.address == wanted.address) return true;
    return listener.address == "0.0.0.0" && wanted.address.find(':') == std::string::npos;
}

std::string owner_of(const Listener& listener) {
    const Path root("/proc", "folder");
    const std::string socket = "socket:[" + std::to_string(listener.inode) + "]";
    const auto names = list_folder(root);
    if (!names) return {};
    for (const std::string& name : *names) {
        if (!std::ranges::all_of(name, ascii::is_digit) || !holds(root.child(name), socket)) continue;
        std::string command = read_file(root.child(name).child("comm")).value_or("");
        while (command.ends_with('\n')) command.pop_back();
        return (command.empty() ? "somebody" : command) + " (process " + name + ")";
    }
    return {};
}

}  // namespace lago::system
