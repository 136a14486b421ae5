// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lago::text {

/// Where a variable stands in an env file.
struct EnvVariable {
    std::optional<std::string>
        value;             ///< nothing: a bare NAME, whose value is that of docker's own environment
    std::size_t line = 0;  ///< of the effective one, from 1
    std::vector<std::size_t> overridden;  ///< earlier lines of the same name, which have no effect
    bool operator==(const EnvVariable&) const = default;
};

/// Why an env file is not touched.
struct EnvError {
    enum class Kind {
        not_text,   ///< a NUL byte: binary, or UTF-16
        bad_line,   ///< docker refuses the line that was meant to set this variable
        bad_value,  ///< a value with a line break or NUL cannot be written
    };
    Kind kind = Kind::not_text;
    std::string message;  ///< a sentence without a full stop; never a value of the file
};

/// Looks a variable up in the dialect of `docker run --env-file`:
/// - a byte order mark and blanks before a line are skipped, a line that starts with `#` is a comment;
/// - the value is everything after the first `=`, quotes and blanks included, without a CR before the line
/// end;
/// - of several lines with one name the last one holds;
/// - `export NAME=…` and `NAME = …` are errors to docker (the name holds a blank), so they are here.
/// Gives nothing where it is not set.
std::expected<std::optional<EnvVariable>, EnvError> find_variable(std::string_view content,
                                                                  std::string_view name);

/// The content with the variable set. The effective line is changed in place; earlier ones of the same name
/// stay as they are. A new variable becomes the last line. Every other byte stays: comments, order, line ends
/// (a new line takes the style of the last one), a byte order mark, a missing last line end.
std::expected<std::string, EnvError> set_variable(std::string_view content, std::string_view name,
                                                  std::string_view value);

}  // namespace lago::text
