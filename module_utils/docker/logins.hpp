// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/secret.hpp"
#include "core/value.hpp"

namespace lago::docker {

/// What `docker login` has kept for one registry.
struct Login {
    std::optional<Secret> header;  ///< the value of X-Registry-Auth; nothing: no login is kept in the file
    std::string helper;            ///< the credential helper that keeps it; only the docker command asks it
};

/// The logins of a config.json of docker's.
class Logins {
public:
    /// None at all.
    Logins() = default;
    /// Reads the file's content. The error is a sentence without a full stop and repeats nothing of it.
    static std::expected<Logins, std::string> parse(const Secret& config);

    /// For a registry as ImageName::registry names it. The error is a sentence about an entry that cannot be
    /// read.
    std::expected<Login, std::string> of(std::string_view registry) const;

private:
    struct Entry {
        std::optional<Secret> header;
        bool broken = false;
    };
    void add(const std::string& server, const Value& entry);

    std::map<std::string, Entry> entries_;        // by server, as the file writes it
    std::map<std::string, std::string> helpers_;  // the same
    std::string store_;                           // the helper for all others
};

}  // namespace lago::docker
