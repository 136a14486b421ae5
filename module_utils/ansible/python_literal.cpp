// SPDX-License-Identifier: GPL-3.0-or-later
// ast.literal_eval().
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "ansible/python.hpp"
#include "ansible/python_internals.hpp"
#include "ansible/utf8.hpp"

namespace lago::ansible::python {

namespace {

// A Python literal, read recursively.
class Literal {
public:
    explicit Literal(std::string_view text) : text_(text) {}

    std::optional<Value> read() {
        skip();
        std::optional<Value> value = item(0);
        skip();
        if (!value || at_ != text_.size()) return {};
        return value;
    }

private:
    static constexpr int deepest = 90;  // the Python parser's own limit is near

    void skip() {
        while (at_ < text_.size()) {
            const char letter = text_[at_];
            if (letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r' || letter == '\f')
                ++at_;
            else if (letter == '#')
                at_ = std::min(text_.find('\n', at_), text_.size());
            else
                return;
        }
    }
    bool take(char letter) {
        skip();
        if (at_ >= text_.size() || text_[at_] != letter) return false;
        ++at_;
        return true;
    }
    bool take_word(std::string_view word) {
        if (!text_.substr(at_).starts_with(word)) return false;
        const std::size_t end = at_ + word.size();
        if (end < text_.size() &&
            (std::isalnum(static_cast<unsigned char>(text_[end])) != 0 || text_[end] == '_'))
            return false;
        at_ = end;
        return true;
    }

    std::optional<Value> item(int depth) {
        skip();
        if (depth > deepest || at_ >= text_.size()) return {};
        const char letter = text_[at_];
        if (letter == '{') return braces(depth);
        if (letter == '[') return sequence('[', ']', depth);
        if (letter == '(') return sequence('(', ')', depth);
        if (take_word("None")) return Value();
        if (take_word("True")) return Value(true);
        if (take_word("False")) return Value(false);
        if (letter == '-' || letter == '+' || letter == '.' || is_digit(letter)) return number();
        return strings();
    }

    std::optional<Value> sequence(char open, char close, int depth) {
        if (!take(open)) return {};
        List list;
        bool comma = true;
        while (!take(close)) {
            if (!comma) return {};
            std::optional<Value> value = item(depth + 1);
            if (!value) return {};
            list.push_back(std::move(*value));
            comma = take(',');
        }
        if (open == '(' && list.size() == 1 && !comma) return list.front();
        if (open == '(' && list.empty()) return Value(List());
        return Value(std::move(list));
    }

    std::optional<Value> braces(int depth) {
        take('{');
        Dict dict;
        List set, keys;
        bool comma = true;
        while (!take('}')) {
            if (!comma) return {};
            std::optional<Value> key = item(depth + 1);
            if (!key) return {};
            if (take(':')) {
                std::optional<Value> value = item(depth + 1);
                if (!value || key->as_list() != nullptr || key->as_dict() != nullptr) return {};
                const auto same =
                    std::ranges::find_if(keys, [&](const Value& one) { return equal(one, *key); });
                dict.set(key_text(same == keys.end() ? *key : *same), std::move(*value));
                if (same == keys.end()) keys.push_back(std::move(*key));
            } else {
                set.push_back(std::move(*key));
            }
            comma = take(',');
        }
        if (!set.empty()) return dict.empty() ? std::optional<Value>(Value(std::move(set))) : std::nullopt;
        return Value(std::move(dict));
    }

    // As json.dumps writes keys that are no strings.
    static std::string key_text(const Value& key) {
        if (key.is_null()) return "null";
        if (const bool* flag = key.as_bool()) return *flag ? "true" : "false";
        return str(key);
    }

    std::optional<Value> number() {
        bool negative = false;
        while (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) {
            negative = negative != (text_[at_] == '-');
            ++at_;
            skip();
        }
        std::size_t end = at_;
        while (end < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[end])) != 0 ||
                                      text_[end] == '.' || text_[end] == '_' ||
                                      ((text_[end] == '-' || text_[end] == '+') &&
                                       (text_[end - 1] == 'e' || text_[end - 1] == 'E'))))
            ++end;
        const std::string_view token = text_.substr(at_, end - at_);
        at_ = end;
        if (token.empty() || !(is_digit(token.front()) || token.front() == '.')) return {};
        if (auto based = in_base(token)) return Value(negative ? integer_of(based->text, true) : *based);
        if (token.find_first_of(".eE") != token.npos) {
            const auto real = to_float(token);
            if (!real) return {};
            return Value(negative ? -*real : *real);
        }
        if (token.size() > 1 && token.front() == '0' && token.find_first_not_of("0_") != token.npos)
            return {};
        auto integer = to_int(token);
        if (!integer) return {};
        return Value(negative ? integer_of(integer->text, true) : *integer);
    }

    // 0x1f, 0o17, 0b11
    static std::optional<Integer> in_base(std::string_view token) {
        if (token.size() < 3 || token[0] != '0') return {};
        const char mark = lowered(token[1]);
        const int base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
        if (base == 0) return {};
        std::string digits(token.substr(2));
        if (digits.front() == '_') digits.erase(0, 1);
        std::erase(digits, '_');
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
        if (error != std::errc() || end != digits.data() + digits.size()) return {};
        return integer_of(std::to_string(number), false);
    }

    std::optional<Value> strings() {
        std::string joined;
        bool any = false;
        for (;;) {
            skip();
            const std::size_t start = at_;
            std::string prefix;
            while (at_ < text_.size() &&
                   std::string_view("rRuUbB").find(text_[at_]) != std::string_view::npos)
                prefix += lowered(text_[at_++]);
            const bool raw = prefix.find('r') != std::string::npos;
            if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) {
                at_ = start;
                return any ? std::optional<Value>(Value(std::move(joined))) : std::nullopt;
            }
            constexpr std::array<std::string_view, 6> prefixes = {"", "r", "u", "b", "br", "rb"};
            if (std::ranges::find(prefixes, prefix) == prefixes.end() || !one_string(joined, raw)) return {};
            any = true;
        }
    }

    bool one_string(std::string& out, bool raw) {
        const char quote = text_[at_];
        const bool tripled = text_.substr(at_).starts_with(std::string(3, quote));
        const std::string end(tripled ? 3 : 1, quote);
        at_ += end.size();
        while (at_ < text_.size()) {
            if (text_.substr(at_).starts_with(end)) {
                at_ += end.size();
                return true;
            }
            if (text_[at_] == '\n' && !tripled) return false;
            if (text_[at_] != '\\')
                out += text_[at_++];
            else if (raw) {
                if (at_ + 1 >= text_.size()) return false;
                out += text_[at_++];
                out += text_[at_++];
            } else if (!escape(out))
                return false;
        }
        return false;
    }

    bool escape(std::string& out) {
        if (++at_ >= text_.size()) return false;
        const char letter = text_[at_++];
        constexpr std::string_view from = "\\'\"abfnrtv", to = "\\'\"\a\b\f\n\r\t\v";
        if (letter == '\n') return true;
        if (const std::size_t place = from.find(letter); place != from.npos) {
            out += to[place];
            return true;
        }
        if (letter == 'x') return code(out, 2);
        if (letter == 'u') return code(out, 4);
        if (letter == 'U') return code(out, 8);
        if (letter >= '0' && letter <= '7') {
            unsigned value = static_cast<unsigned>(letter - '0');
            for (int more = 0; more < 2 && at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '7';
                 ++more)
                value = value * 8 + static_cast<unsigned>(text_[at_++] - '0');
            utf8::append(out, value);
            return true;
        }
        out += '\\';
        out += letter;
        return true;
    }

    bool code(std::string& out, std::size_t digits) {
        unsigned value = 0;
        if (at_ + digits > text_.size()) return false;
        const char* first = text_.data() + at_;
        const auto [end, error] = std::from_chars(first, first + digits, value, 16);
        if (error != std::errc() || end != first + digits || value > 0x10ffff) return false;
        at_ += digits;
        utf8::append(out, value);
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::optional<Value> literal_eval(std::string_view text) {
    // ast.literal_eval strips leading blanks and tabs; another line or an indent after that is a syntax
    // error.
    const std::size_t start = text.find_first_not_of(" \t");
    if (start == text.npos || text.find('\0') != text.npos) return {};
    return Literal(text.substr(start)).read();
}

}  // namespace lago::ansible::python
