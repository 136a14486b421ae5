// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/name.hpp"

#include <libpq-fe.h>

#include <utility>

#include "core/failure.hpp"
#include "postgres/libpq_internals.hpp"

namespace lago::postgres {

namespace {

[[noreturn]] void refuse(std::string_view option, std::string why, std::string kind) {
    throw Failure{.what = "option " + std::string(option) + " cannot be used",
                  .why = std::move(why),
                  .hint = "",
                  .kind = std::move(kind),
                  .facts = {}};
}

void check(std::string_view text, std::size_t longest, std::string_view option, const std::string& kind) {
    if (text.size() > longest)
        refuse(option,
               "it has " + std::to_string(text.size()) + " bytes and PostgreSQL takes " +
                   std::to_string(longest),
               kind);
    if (text.find('\0') != std::string_view::npos) refuse(option, "it holds a NUL character", kind);
    if (!internals::is_utf8(text)) refuse(option, "it is not valid UTF-8", kind);
}

}  // namespace

Identifier::Identifier(std::string text, std::string_view option) : text_(std::move(text)) {
    if (text_.empty()) refuse(option, "it is empty", "bad_name");
    check(text_, longest, option, "bad_name");
}

Text::Text(std::string text, std::string_view option) : text_(std::move(text)) {
    check(text_, longest, option, "bad_text");
}

std::optional<std::string> encoding_name(const std::string& name) {
    const int number = pg_char_to_encoding(name.c_str());
    if (number < 0) return std::nullopt;
    return std::string(pg_encoding_to_char(number));
}

}  // namespace lago::postgres
