// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/statement.hpp"

#include <algorithm>

namespace lago::postgres {

namespace {

std::string wrapped(std::string_view text, char quote) {
    std::string made(1, quote);
    for (const char character : text) {
        if (character == quote) made += quote;
        made += character;
    }
    return made + quote;
}

}  // namespace

Statement& Statement::sql(std::string_view text) {
    parts_.push_back({Kind::sql, std::string(text)});
    return *this;
}

Statement& Statement::name(const Identifier& identifier) {
    parts_.push_back({Kind::name, identifier.string()});
    return *this;
}

Statement& Statement::literal(const Text& text) {
    parts_.push_back({Kind::literal, text.string()});
    return *this;
}

Statement& Statement::password() {
    parts_.push_back({Kind::password, ""});
    return *this;
}

bool Statement::has_password() const {
    return std::ranges::any_of(parts_, [](const Part& part) { return part.kind == Kind::password; });
}

std::string Statement::shown() const {
    std::string made;
    for (const Part& part : parts_) {
        switch (part.kind) {
            case Kind::sql:
                made += part.text;
                break;
            case Kind::name:
                made += wrapped(part.text, '"');
                break;
            case Kind::literal:
                made += wrapped(part.text, '\'');
                break;
            case Kind::password:
                made += "'********'";
                break;
        }
    }
    return made;
}

std::optional<std::string> Statement::text(const Quoting& quoting,
                                           const std::optional<Secret>& verifier) const {
    std::string made;
    for (const Part& part : parts_) {
        std::optional<std::string> piece = part.text;
        if (part.kind == Kind::name) piece = quoting.name(part.text);
        if (part.kind == Kind::literal) piece = quoting.literal(part.text);
        if (part.kind == Kind::password)
            piece = verifier ? quoting.literal(verifier->expose()) : std::nullopt;
        if (!piece) return std::nullopt;
        made += *piece;
        if (part.kind == Kind::password) secrets::wipe(*piece);
    }
    return made;
}

}  // namespace lago::postgres
