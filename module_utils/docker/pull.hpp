// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "core/deadline.hpp"
#include "docker/engine.hpp"
#include "docker/image_name.hpp"
#include "docker/logins.hpp"
#include "system/path.hpp"

namespace lago::docker {

/// Why an image did not come.
struct PullError {
    std::string kind;      ///< stable word for `error_kind`: "image_not_found", "rate_limit"
    std::string why;       ///< in plain words, with the registry's own behind them
    std::string hint;      ///< a sentence
    bool passing = false;  ///< the same may work a moment later
    bool operator==(const PullError&) const = default;
};

/// What an Engine's or the docker command's words about a registry mean.
PullError explain(std::string_view own_words, const ImageName& name);

/// What the Engine says while it pulls: JSON objects, one a line, of which only errors matter.
class PullProgress {
public:
    /// Takes the next bytes; false where they are no such lines.
    bool add(std::string_view piece);
    /// After the last byte; false as above.
    bool finish();
    /// The first error that was said; empty: none.
    const std::string& error() const { return error_; }

private:
    bool read_line();

    std::string line_;
    std::string error_;
};

/// Lets the Engine pull. `platform` is "linux/arm64", or empty for the Engine's own choice.
std::expected<void, PullError> pull(const Engine& engine, const ImageName& name, const std::string& platform,
                                    const Login& login, Deadline deadline);

/// Lets the docker command pull, with the logins of the folder that holds `config`: for credential helpers.
std::expected<void, PullError> pull_by_command(const Engine& engine, const ImageName& name,
                                               const std::string& platform, const system::Path& config,
                                               Deadline deadline);

/// The digest that the name has at its registry now; nothing is pulled.
std::expected<std::string, PullError> digest_at_registry(const Engine& engine, const ImageName& name,
                                                         const Login& login, Deadline deadline);

}  // namespace lago::docker
