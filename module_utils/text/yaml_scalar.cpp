// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/yaml_scalar.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

namespace lago::text {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

enum class Kind { document, scalar, null, alias, sequence, map, end };

struct Event {
    Kind kind;
    std::string tag;
    bool anchored;
    std::string value;
    std::size_t line;
    std::size_t column;
    std::size_t depth;
    bool same_as(const Event& other) const {
        return kind == other.kind && tag == other.tag && anchored == other.anchored && value == other.value &&
               depth == other.depth;
    }
};

/// Everything that yaml-cpp reads, in order.
class Recorder final : public YAML::EventHandler {
public:
    const std::vector<Event>& events() const { return events_; }

    void OnDocumentStart(const YAML::Mark& mark) override { add(Kind::document, mark, "", false, ""); }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(Kind::null, mark, "", anchor != YAML::NullAnchor, "");
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(Kind::alias, mark, "", true, std::to_string(anchor));
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        add(Kind::scalar, mark, tag, anchor != YAML::NullAnchor, value);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        add(Kind::sequence, mark, tag, anchor != YAML::NullAnchor, "");
        ++depth_;
    }
    void OnSequenceEnd() override { end(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        add(Kind::map, mark, tag, anchor != YAML::NullAnchor, "");
        ++depth_;
    }
    void OnMapEnd() override { end(); }

private:
    void add(Kind kind, const YAML::Mark& mark, const std::string& tag, bool anchored,
             const std::string& value) {
        events_.push_back({kind, tag, anchored, value, static_cast<std::size_t>(std::max(mark.line, 0)),
                           static_cast<std::size_t>(std::max(mark.column, 0)), depth_});
    }
    void end() {
        --depth_;
        events_.push_back({Kind::end, "", false, "", 0, 0, depth_});
    }

    std::vector<Event> events_;
    std::size_t depth_ = 0;
};

std::unexpected<YamlError> refused(YamlError::Kind kind, std::string message) {
    return std::unexpected(YamlError{kind, std::move(message)});
}

std::string_view without_mark(std::string_view content) {
    return content.starts_with(byte_order_mark) ? content.substr(byte_order_mark.size()) : content;
}

// A line break to YAML, but not to yaml-cpp's count of lines.
bool has_lone_return(std::string_view content) {
    for (std::size_t at = content.find('\r'); at != content.npos; at = content.find('\r', at + 1))
        if (!content.substr(at + 1).starts_with('\n')) return true;
    return false;
}

std::expected<std::vector<Event>, YamlError> events_of(std::string_view content) {
    content = without_mark(content);
    if (content.starts_with("$ANSIBLE_VAULT"))
        return refused(YamlError::Kind::encrypted, "the whole file is encrypted with Ansible Vault");
    if (content.find('\0') != content.npos || content.starts_with("\xff\xfe") ||
        content.starts_with("\xfe\xff"))
        return refused(YamlError::Kind::not_yaml, "it is not a text in UTF-8");
    if (has_lone_return(content))
        return refused(YamlError::Kind::not_yaml, "it has carriage returns that end no line");
    Recorder recorder;
    try {
        std::istringstream stream{std::string(content)};
        YAML::Parser parser(stream);
        // Two are already one too many; and a stray comma is a document without end to this parser.
        for (int documents = 0; documents < 2 && parser.HandleNextDocument(recorder); ++documents) {
        }
    } catch (const YAML::Exception& problem) {
        return refused(YamlError::Kind::not_yaml, "line " + std::to_string(problem.mark.line + 1) +
                                                      " is not valid YAML: " + problem.msg);
    }
    return recorder.events();
}

bool is_key(const Event& event, const std::string& name) {
    return event.kind == Kind::scalar && event.value == name;
}

// Where the value begins among the events; keys and values of the top-level mapping take turns at depth 1.
std::expected<std::size_t, YamlError> find_value(const std::vector<Event>& events, const std::string& name) {
    const auto documents = std::ranges::count(events, Kind::document, &Event::kind);
    if (documents > 1) return refused(YamlError::Kind::not_yaml, "it holds several YAML documents");
    if (events.size() > 1 && events[1].kind != Kind::map)
        return refused(YamlError::Kind::not_yaml, "it is not one mapping of names to values");
    std::optional<std::size_t> found;
    bool key = true;
    for (std::size_t at = 2; at < events.size(); ++at) {
        if (events[at].depth != 1 || events[at].kind == Kind::end) continue;
        if (key && is_key(events[at], name)) {
            if (found)
                return refused(YamlError::Kind::duplicate, name + " stands in it twice, on lines " +
                                                               std::to_string(events[*found - 1].line + 1) +
                                                               " and " + std::to_string(events[at].line + 1) +
                                                               "; take one out");
            found = at + 1;
        }
        key = !key;
    }
    if (!found) return refused(YamlError::Kind::not_found, name + " is not in it");
    return *found;
}

std::expected<void, YamlError> check_replaceable(const Event& key, const Event& value,
                                                 const std::string& name) {
    const bool ours = value.tag.empty() || value.tag == "?" || value.tag == "!";
    if (value.tag.ends_with("vault"))
        return refused(YamlError::Kind::encrypted,
                       "the value of " + name + " is encrypted with Ansible Vault");
    if (value.kind == Kind::alias || value.anchored || !ours || key.anchored)
        return refused(YamlError::Kind::reference,
                       "the value of " + name + " has an anchor, an alias or a tag");
    if (value.value.find("{{") != std::string::npos || value.value.find("{%") != std::string::npos)
        return refused(YamlError::Kind::template_, "the value of " + name + " is a template");
    if (value.kind == Kind::null) return refused(YamlError::Kind::shape, name + " has no value");
    if (value.kind != Kind::scalar)
        return refused(YamlError::Kind::shape,
                       "the value of " + name + " is a mapping, a list or an unquoted template");
    if (value.line != key.line || value.value.find('\n') != std::string::npos)
        return refused(YamlError::Kind::multi_line, "the value of " + name + " runs over several lines");
    return {};
}

std::size_t start_of_line(std::string_view content, std::size_t line) {
    std::size_t at = content.size() - without_mark(content).size();
    for (; line > 0; --line) at = content.find('\n', at) + 1;
    return at;
}

// The size of a quoted text with its quotes; npos where it does not end on this line.
std::size_t quoted_size(std::string_view text) {
    const char quote = text.front();
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (quote == '"' && text[at] == '\\') {
            ++at;
        } else if (text[at] == quote) {
            const bool doubled = quote == '\'' && text.substr(at + 1).starts_with('\'');
            if (!doubled) return at + 1;
            ++at;
        }
    }
    return text.npos;
}

// A plain scalar ends before a comment and the blanks before it.
std::size_t plain_size(std::string_view text) {
    std::size_t end = text.size();
    for (std::size_t at = 1; at < text.size(); ++at)
        if (text[at] == '#' && (text[at - 1] == ' ' || text[at - 1] == '\t')) {
            end = at;
            break;
        }
    const std::size_t last = text.substr(0, end).find_last_not_of(" \t\r");
    return last == text.npos ? 0 : last + 1;
}

// The value must follow "name:" that begins its line: only there its end can be seen on the line itself.
bool follows_its_name(std::string_view before, const std::string& name) {
    const std::size_t begin = before.find_first_not_of(' ');
    if (begin == before.npos) return false;
    before.remove_prefix(begin);
    const std::size_t end = before.find_last_not_of(" \t");
    before = before.substr(0, end + 1);
    return before == name + ":" || before == "'" + name + "':" || before == "\"" + name + "\":" ||
           before == name + " :";
}

std::expected<YamlScalar, YamlError> measure(std::string_view content, const Event& value,
                                             const std::string& name) {
    const std::size_t start = start_of_line(content, value.line);
    const std::string_view line = content.substr(start, content.find('\n', start) - start);
    if (value.column >= line.size() || !follows_its_name(line.substr(0, value.column), name))
        return refused(YamlError::Kind::shape, name + " does not stand on a line of its own");
    const std::string_view rest = line.substr(value.column);
    if (rest.front() == '|' || rest.front() == '>')
        return refused(YamlError::Kind::multi_line, "the value of " + name + " runs over several lines");
    const bool quoted = rest.front() == '\'' || rest.front() == '"';
    const std::size_t size = quoted ? quoted_size(rest) : plain_size(rest);
    if (size == rest.npos)
        return refused(YamlError::Kind::multi_line, "the value of " + name + " runs over several lines");
    return YamlScalar{value.value, !quoted, value.line + 1, start + value.column, size};
}

struct Found {
    std::vector<Event> events;
    std::size_t at;
    YamlScalar scalar;
};

std::string with_replaced(std::string_view content, const YamlScalar& scalar, std::string_view bare) {
    return std::string(content.substr(0, scalar.begin)) + std::string(bare) +
           std::string(content.substr(scalar.begin + scalar.size));
}

// True where `changed` reads as the original did, but for the one value.
bool only_this_differs(const Found& found, std::string_view changed, std::string_view bare) {
    const auto events = events_of(changed);
    if (!events || events->size() != found.events.size()) return false;
    for (std::size_t at = 0; at < events->size(); ++at)
        if (at == found.at ? (*events)[at].value != bare || (*events)[at].kind != Kind::scalar
                           : !(*events)[at].same_as(found.events[at]))
            return false;
    return true;
}

std::expected<Found, YamlError> find(std::string_view content, const std::string& name) {
    auto events = events_of(content);
    if (!events) return std::unexpected(events.error());
    const auto at = find_value(*events, name);
    if (!at) return std::unexpected(at.error());
    const Event& value = (*events)[*at];
    if (const auto good = check_replaceable((*events)[*at - 1], value, name); !good)
        return std::unexpected(good.error());
    auto scalar = measure(content, value, name);
    if (!scalar) return std::unexpected(scalar.error());
    Found found{std::move(*events), *at, std::move(*scalar)};
    constexpr std::string_view stand_in = "placeholder";
    if (!only_this_differs(found, with_replaced(content, found.scalar, stand_in), stand_in))
        return refused(YamlError::Kind::multi_line, "the value of " + name + " does not end on its line");
    return found;
}

}  // namespace

std::expected<YamlScalar, YamlError> find_scalar(std::string_view content, const std::string& name) {
    auto found = find(content, name);
    if (!found) return std::unexpected(found.error());
    return std::move(found->scalar);
}

std::expected<std::string, YamlError> replace_scalar(std::string_view content, const std::string& name,
                                                     std::string_view bare) {
    const auto found = find(content, name);
    if (!found) return std::unexpected(found.error());
    std::string changed = with_replaced(content, found->scalar, bare);
    if (!only_this_differs(*found, changed, bare))
        return refused(YamlError::Kind::shape, "the new value cannot be written without quotes");
    return changed;
}

std::optional<bool> yaml_boolean(std::string_view plain) {
    constexpr std::array<std::string_view, 9> yes{"true", "True", "TRUE", "yes", "Yes",
                                                  "YES",  "on",   "On",   "ON"};
    constexpr std::array<std::string_view, 9> no{"false", "False", "FALSE", "no", "No",
                                                 "NO",    "off",   "Off",   "OFF"};
    if (std::ranges::find(yes, plain) != yes.end()) return true;
    if (std::ranges::find(no, plain) != no.end()) return false;
    return std::nullopt;
}

}  // namespace lago::text
