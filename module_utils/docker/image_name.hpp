// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lago::docker {

/// An image's name as Docker takes it apart: [registry/]repository[:tag][@digest].
struct ImageName {
    std::string registry;    ///< "docker.io" where none is named
    std::string repository;  ///< "getlago/api"; "library/redis" for docker.io's own
    std::string tag;         ///< "latest" where neither tag nor digest is named; empty beside a digest alone
    std::string digest;      ///< "sha256:…"; empty where none is named

    /// Nothing where it cannot be an image's name.
    static std::optional<ImageName> parse(std::string_view text);

    /// Without tag and digest, as Docker prints it: "getlago/api", "redis", "registry.example.com:5000/api".
    std::string familiar() const;
    /// The same with the digest, or else the tag.
    std::string reference() const;
    bool operator==(const ImageName&) const = default;
};

/// True for an image's ID, "sha256:" and 64 hexadecimal digits.
bool is_image_id(std::string_view text);

}  // namespace lago::docker
