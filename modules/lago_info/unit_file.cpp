// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "lago_info/lago_info.hpp"

namespace lago::info {

namespace {

// Those of `docker create` and `docker run` that take no value; any other option is followed by one, or has
// it after a `=`.
constexpr std::array<std::string_view, 14> without_value{"--detach",
                                                         "--disable-content-trust",
                                                         "--help",
                                                         "--init",
                                                         "--interactive",
                                                         "--no-healthcheck",
                                                         "--oom-kill-disable",
                                                         "--privileged",
                                                         "--publish-all",
                                                         "--quiet",
                                                         "--read-only",
                                                         "--rm",
                                                         "--sig-proxy",
                                                         "--tty"};
constexpr std::string_view short_without_value = "dhiPqt";

// The unit's commands, with lines that end in a backslash joined and comments between them left out.
std::vector<std::string> commands_of(std::string_view text) {
    std::vector<std::string> commands;
    std::string line;
    bool goes_on = false;
    while (!text.empty()) {
        const std::size_t feed = std::min(text.find('\n'), text.size());
        std::string_view next = text.substr(0, feed);
        text.remove_prefix(std::min(feed + 1, text.size()));
        if (next.ends_with('\r')) next.remove_suffix(1);
        const std::size_t begin = std::min(next.find_first_not_of(" \t"), next.size());
        if (next.substr(begin).starts_with('#') || next.substr(begin).starts_with(';')) continue;
        if (!goes_on) line.clear();
        goes_on = next.ends_with('\\');
        if (goes_on) next.remove_suffix(1);
        line.append(next).append(" ");
        if (!goes_on && line.starts_with("Exec")) commands.push_back(line);
    }
    return commands;
}

// As systemd splits: at blanks outside of quotes; a backslash takes the meaning from what follows.
std::vector<std::string> words_of(std::string_view command) {
    std::vector<std::string> words;
    std::string word;
    char quote = '\0';
    bool inside = false;
    bool escaped = false;
    for (const char c : command) {
        const bool plain = !std::exchange(escaped, false);
        const bool outside = plain && quote == '\0';
        if (plain && c == '\\') {
            escaped = true;
        } else if (outside && (c == ' ' || c == '\t')) {
            if (inside) words.push_back(std::move(word));
            word.clear();
            inside = false;
        } else if (plain && quote != '\0' && c == quote) {
            quote = '\0';
        } else if (outside && (c == '"' || c == '\'')) {
            quote = c;
            inside = true;
        } else {
            word += c;
            inside = true;
        }
    }
    if (inside) words.push_back(std::move(word));
    return words;
}

bool takes_value(std::string_view option) {
    if (option.find('=') != option.npos) return false;
    if (option.starts_with("--")) return std::ranges::find(without_value, option) == without_value.end();
    return option.substr(1).find_first_not_of(short_without_value) != option.npos && option.size() == 2;
}

std::string first_argument(const std::vector<std::string>& words, std::size_t at) {
    for (; at < words.size(); ++at) {
        const std::string& word = words[at];
        if (word == "--") return at + 1 < words.size() ? words[at + 1] : std::string();
        if (!word.starts_with('-')) return word;
        if (takes_value(word)) ++at;
    }
    return {};
}

bool is_docker(std::string_view word) {
    const std::size_t slash = word.rfind('/');
    const std::size_t equals = word.rfind('=');
    const std::size_t begin = slash != word.npos ? slash + 1 : equals != word.npos ? equals + 1 : 0;
    const std::size_t mark = std::min(word.find_first_not_of("-@:+!|", begin), word.size());
    return word.substr(mark) == "docker";
}

std::string image_in_command(const std::vector<std::string>& words) {
    for (std::size_t at = 0; at < words.size(); ++at) {
        if (!is_docker(words[at])) continue;
        std::size_t verb = at + 1;
        if (verb < words.size() && words[verb] == "container") ++verb;
        if (verb < words.size() && (words[verb] == "create" || words[verb] == "run"))
            return first_argument(words, verb + 1);
    }
    return {};
}

}  // namespace

std::string image_in_unit(std::string_view unit_file) {
    for (const std::string& command : commands_of(unit_file))
        if (std::string image = image_in_command(words_of(command)); !image.empty()) return image;
    return {};
}

}  // namespace lago::info
