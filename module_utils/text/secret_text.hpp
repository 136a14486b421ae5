// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.hpp"
#include "text/env_file.hpp"

/// What may be done with a text that is a secret as a whole, without anybody seeing it.
namespace lago::text {

/// A token, and what stands for it.
struct Replacement {
    std::string token;
    Secret value;
};

/// Why a token was not replaced.
struct SubstituteError {
    enum class Kind {
        not_a_whole_value,  ///< it is no whole line and no whole value of a KEY=value line, or not there at
                            ///< all
        several_lines,      ///< the value of a KEY=value line would have a line break or a NUL in it
    };
    Kind kind = Kind::not_a_whole_value;
    std::string token;
    bool operator==(const SubstituteError&) const = default;
};

/// The content with each token replaced where it is a whole line, or all that follows the first `=` of a
/// line. Elsewhere it stays: a comment may name it. What was put in is not looked at again. One line end at
/// the end of a value is left out.
std::expected<Secret, SubstituteError> substitute(const Secret& content,
                                                  const std::vector<Replacement>& replacements);

/// The value of a variable of an env file (find_variable's dialect); nothing where it is not set.
std::expected<std::optional<Secret>, EnvError> secret_variable(const Secret& env_file, std::string_view name);

/// The same of a value that is no secret and may be shown: it is not scrubbed from the result.
std::expected<std::optional<std::string>, EnvError> plain_variable(const Secret& env_file,
                                                                   std::string_view name);

/// Whether the variable stands there at all, with or without a value.
std::expected<bool, EnvError> sets_variable(const Secret& env_file, std::string_view name);

/// The env file with the variable set (set_variable's dialect).
std::expected<Secret, EnvError> with_variable(const Secret& env_file, std::string_view name,
                                              const Secret& value);

/// Makes secrets of the values of an env file that look like one: those of variables whose names say so
/// (PASSWORD, KEY, TOKEN…), and the passwords within addresses. They are scrubbed from the result from then
/// on. Of any other text nothing is kept.
void keep_secrets_of_env(std::string_view env_file);

/// Encoders for Secret::map: the text without one line end (LF or CRLF) at its end, and that percent-encoded.
std::string without_line_end(std::string_view text);
std::string percent_encoded_line(std::string_view text);

/// A secret between two texts that are none, such as the password of a URL. One line end at its end is left
/// out.
Secret surrounded(std::string_view before, const Secret& secret, std::string_view after);

/// What a diff may show of a secret content that changed.
struct Outline {
    std::string before;
    std::string after;
};

/// Of env files the names of the variables that are new, gone or changed; of anything else that it changed.
/// Never a value. An absent content is an empty text.
Outline outline_of_change(const std::optional<Secret>& before, const std::optional<Secret>& after);

}  // namespace lago::text
