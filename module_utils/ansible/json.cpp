// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/json.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>

#include "ansible/python.hpp"
#include "ansible/utf8.hpp"

namespace lago::ansible {

namespace {

// nlohmann-json refuses what Python's json module writes and reads: NaN, Infinity, numbers beyond a double,
// lone surrogates. Before parsing, each of these is put in other words, which the handler below turns back:
//   a lone surrogate  -> escape + a private-use character
//   an odd number     -> a string: escape + 'n' + the number as it stood
//   the escape itself -> twice
// Texts that hold none of them (nearly all) are parsed as they are.
constexpr std::string_view escape = "\xf4\x8f\xbf\xbf";  // U+10FFFF, a noncharacter
constexpr char32_t moved_surrogates = 0xe000;            // D800…DFFF <-> E000…E7FF
constexpr std::size_t most_digits = 4300;                // Python's limit for an integer in text
constexpr std::size_t deepest = 900;                     // Python gives up at about a thousand

class Rewriter {
public:
    explicit Rewriter(std::string_view text) : text_(text) {}

    /// The text to parse; a view of the original where nothing had to be changed.
    std::string_view run() {
        while (at_ < text_.size()) {
            const char letter = text_[at_];
            if (letter == '"')
                string();
            else if (letter == '-' || letter == 'N' || letter == 'I' || (letter >= '0' && letter <= '9'))
                number();
            else
                ++at_;
        }
        if (!rewritten()) return text_;
        out_ += text_.substr(copied_);
        return out_;
    }
    bool rewritten() const { return copied_ != 0; }

private:
    void replace(std::size_t from, std::size_t to, std::string_view with) {
        out_ += text_.substr(copied_, from - copied_);
        out_ += with;
        copied_ = to;
    }

    void string() {
        for (++at_; at_ < text_.size() && text_[at_] != '"';) {
            if (text_[at_] == '\\')
                escaped();
            else if (text_[at_] == '\xf4' && text_.substr(at_).starts_with(escape)) {
                replace(at_, at_ + escape.size(), std::string(escape) + std::string(escape));
                at_ += escape.size();
            } else
                ++at_;
        }
        ++at_;
    }

    std::optional<char32_t> unit(std::size_t at) const {
        unsigned code = 0;
        if (at + 6 > text_.size() || text_[at] != '\\' || text_[at + 1] != 'u') return {};
        const char* first = text_.data() + at + 2;
        const auto [end, error] = std::from_chars(first, first + 4, code, 16);
        if (error != std::errc() || end != first + 4) return {};
        return code;
    }

    void escaped() {
        const auto code = unit(at_);
        if (!code || !utf8::is_surrogate(*code)) {
            at_ += code ? 6 : 2;
            return;
        }
        const auto second = unit(at_ + 6);
        const bool pair = *code < 0xdc00 && second && *second >= 0xdc00 && *second <= 0xdfff;
        if (pair) {
            if (*code == 0xdbff && *second == 0xdfff)
                replace(at_, at_ + 12, std::string(escape) + std::string(escape));
            at_ += 12;
            return;
        }
        std::string moved(escape);
        utf8::append(moved, *code - 0xd800 + moved_surrogates);
        replace(at_, at_ + 6, moved);
        at_ += 6;
    }

    void number() {
        std::size_t end = at_ + 1;
        const bool word = text_[at_] == 'N' || text_[at_] == 'I' ||
                          (text_[at_] == '-' && end < text_.size() && text_[end] == 'I');
        while (end < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[end])) != 0 ||
                                      text_[end] == '.' || text_[end] == '-' || text_[end] == '+'))
            ++end;
        const std::string_view token = text_.substr(at_, end - at_);
        const bool odd =
            word ? token == "NaN" || token == "Infinity" || token == "-Infinity" : beyond_double(token);
        if (odd) replace(at_, end, "\"" + std::string(escape) + "n" + std::string(token) + "\"");
        at_ = end;
    }

    // Only what is otherwise well formed: everything else stays for the parser to refuse.
    static bool beyond_double(std::string_view token) {
        if (token.size() < 5) return false;
        std::string_view digits = token;
        if (digits.starts_with('-')) digits.remove_prefix(1);
        if (digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') return false;
        if (token.back() == '.' || digits.front() == '.' || token.find(".e") != token.npos ||
            token.find(".E") != token.npos)
            return false;
        const auto number = python::to_float(token);
        return number && std::isinf(*number);
    }

    std::string_view text_;
    std::string out_;
    std::size_t at_ = 0;
    std::size_t copied_ = 0;
};

class Reader {
public:
    explicit Reader(bool rewritten) : rewritten_(rewritten) {}

    std::string error;
    Value result;

    bool null() { return add(Value()); }
    bool boolean(bool flag) { return add(Value(flag)); }
    bool number_integer(std::int64_t number) { return add(Value(number)); }
    bool number_unsigned(std::uint64_t number) {
        if (number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return add(Value(static_cast<std::int64_t>(number)));
        return add(Value(Integer{std::to_string(number), std::nullopt}));
    }
    bool number_float(double number, const std::string& text) {
        return text.find_first_of(".eE") == std::string::npos ? big_integer(text) : add(Value(number));
    }
    bool string(std::string& text) {
        if (!rewritten_) return add(Value(std::move(text)));
        if (text.starts_with(escape) && text.size() > escape.size() && text[escape.size()] == 'n')
            return odd_number(text.substr(escape.size() + 1));
        return add(Value(restored(text)));
    }
    bool binary(std::vector<std::uint8_t>&) { return false; }
    bool start_object(std::size_t) { return open(Value(Dict())); }
    bool start_array(std::size_t) { return open(Value(List())); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool key(std::string& text) {
        if (rewritten_ && text.starts_with(std::string(escape) + "n"))
            return refuse("a number where a name belongs");
        keys_.back() = rewritten_ ? restored(text) : std::move(text);
        return true;
    }
    bool parse_error(std::size_t place, const std::string&, const std::exception&) {
        return refuse("not valid JSON at byte " + std::to_string(place));
    }

private:
    bool refuse(std::string why) {
        error = std::move(why);
        return false;
    }
    bool big_integer(const std::string& text) {
        if (text.size() > most_digits) return refuse("an integer of more than 4300 digits");
        return add(Value(Integer{text, std::nullopt}));
    }
    bool odd_number(const std::string& text) {
        if (text == "NaN") return add(Value(std::numeric_limits<double>::quiet_NaN()));
        if (text.find_first_of(".eEI") == std::string::npos) return big_integer(text);
        const double infinite = std::numeric_limits<double>::infinity();
        return add(Value(text.starts_with('-') ? -infinite : infinite));
    }
    static std::string restored(std::string_view text) {
        std::string out;
        for (std::size_t at = 0; at < text.size();) {
            if (!text.substr(at).starts_with(escape)) {
                out += text[at++];
                continue;
            }
            at += escape.size();
            const utf8::Point next = utf8::decode(text, at);
            utf8::append(out, next.code == 0x10ffff ? next.code : next.code - moved_surrogates + 0xd800);
            at += next.length;
        }
        return out;
    }
    bool add(Value value) {
        if (open_.empty())
            result = std::move(value);
        else if (List* list = open_.back().as_list())
            list->push_back(std::move(value));
        else
            open_.back().as_dict()->set(std::move(keys_.back()), std::move(value));
        return true;
    }
    bool open(Value container) {
        if (open_.size() >= deepest) return refuse("nested too deeply");
        open_.push_back(std::move(container));
        keys_.emplace_back();
        return true;
    }
    bool close() {
        Value done = std::move(open_.back());
        open_.pop_back();
        keys_.pop_back();
        return add(std::move(done));
    }

    bool rewritten_;
    std::vector<Value> open_;
    std::vector<std::string> keys_;
};

void write_unit(std::string& out, char32_t unit) {
    std::array<char, 8> text{};
    static_cast<void>(std::snprintf(text.data(), text.size(), "\\u%04x", static_cast<unsigned>(unit)));
    out += text.data();
}

void write_code(std::string& out, char32_t code) {
    if (code < 0x10000) return write_unit(out, code);
    write_unit(out, 0xd800 + ((code - 0x10000) >> 10U));
    write_unit(out, 0xdc00 + ((code - 0x10000) & 0x3ffU));
}

void write_string(std::string& out, std::string_view text) {
    constexpr std::string_view special = "\"\\\n\r\t\f\b", letters = "\"\\nrtfb";
    out += '"';
    for (std::size_t at = 0; at < text.size();) {
        const utf8::Point point = utf8::decode(text, at);
        const std::size_t place =
            point.code < 0x80 ? special.find(static_cast<char>(point.code)) : special.npos;
        if (place != special.npos) {
            out += '\\';
            out += letters[place];
        } else if (point.code >= 0x20 && point.code < 0x7f) {
            out += static_cast<char>(point.code);
        } else {
            write_code(out, point.code);
        }
        at += point.length;
    }
    out += '"';
}

void write(std::string& out, const Value& value);

void write_dict(std::string& out, const Dict& dict) {
    out += '{';
    const char* before = "";
    for (const auto& [key, item] : dict.items()) {
        out += before;
        write_string(out, key);
        out += ": ";
        write(out, item);
        before = ", ";
    }
    out += '}';
}

void write_list(std::string& out, const List& list) {
    out += '[';
    const char* before = "";
    for (const Value& item : list) {
        out += before;
        write(out, item);
        before = ", ";
    }
    out += ']';
}

void write_real(std::string& out, double number) {
    if (std::isnan(number))
        out += "NaN";
    else if (std::isinf(number))
        out += number < 0 ? "-Infinity" : "Infinity";
    else
        out += python::float_repr(number);
}

void write(std::string& out, const Value& value) {
    if (value.is_null())
        out += "null";
    else if (const bool* flag = value.as_bool())
        out += *flag ? "true" : "false";
    else if (const Integer* integer = value.as_integer())
        out += integer->text;
    else if (const double* real = value.as_real())
        write_real(out, *real);
    else if (const std::string* text = value.as_string())
        write_string(out, *text);
    else if (const List* list = value.as_list())
        write_list(out, *list);
    else
        write_dict(out, *value.as_dict());
}

}  // namespace

std::expected<Value, std::string> parse_json(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) return std::unexpected("a byte order mark stands before the JSON");
    Rewriter rewriter(text);
    const std::string_view ready = rewriter.run();
    Reader reader(rewriter.rewritten());
    if (nlohmann::json::sax_parse(ready.begin(), ready.end(), &reader)) return std::move(reader.result);
    return std::unexpected(reader.error.empty() ? "not valid JSON" : reader.error);
}

std::string to_json(const Value& value) {
    std::string out;
    write(out, value);
    return out;
}

}  // namespace lago::ansible
