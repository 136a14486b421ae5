// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/env_file.hpp"

#include <algorithm>

namespace lago::text {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view blanks = " \t\v\f";

struct Line {
    std::size_t begin = 0;   // of the text after a byte order mark and leading blanks
    std::size_t end = 0;     // of the text, before its line end
    std::size_t after = 0;   // where the next line begins
    std::size_t number = 0;  // from 1
};

std::vector<Line> lines_of(std::string_view content) {
    std::vector<Line> lines;
    std::size_t at = content.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    while (at < content.size()) {
        const std::size_t feed = content.find('\n', at);
        const std::size_t after = feed == content.npos ? content.size() : feed + 1;
        std::size_t end = feed == content.npos ? content.size() : feed;
        if (end > at && content[end - 1] == '\r') --end;
        const std::size_t begin = std::min(content.find_first_not_of(blanks, at), end);
        lines.push_back({begin, end, after, lines.size() + 1});
        at = after;
    }
    return lines;
}

std::string_view without_blanks(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

// The name that a line wanted to set where docker refuses it: `export NAME`, `NAME `.
std::string_view meant(std::string_view name) {
    constexpr std::string_view exported = "export";
    if (name.starts_with(exported) && name.size() > exported.size() &&
        blanks.find(name[exported.size()]) != blanks.npos)
        name.remove_prefix(exported.size());
    return without_blanks(name);
}

struct Place {
    EnvVariable variable;
    Line line;
};

EnvError bad_line(const Line& line, std::string_view name) {
    return {EnvError::Kind::bad_line, "docker refuses line " + std::to_string(line.number) +
                                          ": a variable's name holds a blank; write it as " +
                                          std::string(name) + "=value"};
}

std::expected<std::optional<Place>, EnvError> find_place(std::string_view content, std::string_view name) {
    if (content.find('\0') != content.npos)
        return std::unexpected(
            EnvError{EnvError::Kind::not_text, "it holds NUL bytes and is not an env file"});
    std::optional<Place> place;
    for (const Line& line : lines_of(content)) {
        const std::string_view text = content.substr(line.begin, line.end - line.begin);
        if (text.starts_with('#')) continue;
        const std::size_t equals = text.find('=');
        const std::string_view key = text.substr(0, equals);
        if (key != name && meant(key) == name) return std::unexpected(bad_line(line, name));
        if (key != name) continue;
        Place found{.line = line};
        if (equals != text.npos) found.variable.value = std::string(text.substr(equals + 1));
        found.variable.line = line.number;
        if (place) {
            found.variable.overridden = std::move(place->variable.overridden);
            found.variable.overridden.push_back(place->variable.line);
        }
        place = std::move(found);
    }
    return place;
}

std::string_view line_end_of(std::string_view content) {
    const std::size_t feed = content.rfind('\n');
    return feed != content.npos && feed > 0 && content[feed - 1] == '\r' ? "\r\n" : "\n";
}

std::string appended(std::string_view content, const std::string& assignment) {
    const std::string end(line_end_of(content));
    const bool empty = content.empty() || content == byte_order_mark;
    std::string text(content);
    if (empty || content.ends_with('\n')) return text + assignment + end;
    return text + end + assignment;
}

}  // namespace

std::expected<std::optional<EnvVariable>, EnvError> find_variable(std::string_view content,
                                                                  std::string_view name) {
    auto place = find_place(content, name);
    if (!place) return std::unexpected(place.error());
    if (!*place) return std::optional<EnvVariable>();
    return std::move((*place)->variable);
}

std::expected<std::string, EnvError> set_variable(std::string_view content, std::string_view name,
                                                  std::string_view value) {
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos)
        return std::unexpected(EnvError{EnvError::Kind::bad_value,
                                        "a value with a line break or NUL cannot stand in an env file"});
    const auto place = find_place(content, name);
    if (!place) return std::unexpected(place.error());
    const std::string assignment = std::string(name) + "=" + std::string(value);
    if (!*place) return appended(content, assignment);
    const Line& line = (*place)->line;
    return std::string(content.substr(0, line.begin)) + assignment + std::string(content.substr(line.end));
}

}  // namespace lago::text
