// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago_rsa_key/lago_rsa_key.hpp"

namespace lago::rsa_key {

namespace {

// ruby-jwt 3.2.0 signs with nothing shorter; OpenSSL checks nothing longer.
constexpr int smallest = 2048;
constexpr int largest = 16384;

int size_in(const Options& options) {
    const int size = options.get<int>("size");
    if (size >= smallest && size <= largest) return size;
    throw Failure{.what = "size",
                  .why = std::to_string(size) + " cannot be meant",
                  .hint = "Lago needs at least 2048 bits; more than 16384 can be used by nobody",
                  .kind = "bad_size",
                  .facts = {}};
}

Regenerate regenerate_of(std::string_view name) {
    if (name == "never") return Regenerate::never;
    if (name == "partial_idempotence") return Regenerate::partial_idempotence;
    if (name == "full_idempotence") return Regenerate::full_idempotence;
    return name == "always" ? Regenerate::always : Regenerate::fail;
}

std::optional<Material> content_in(const Options& options, KeyFormat format) {
    const auto content = options.secret("content");
    if (!content) return std::nullopt;
    Reading key = read_key(*content, format);
    if (!key) throw unusable("content", key.error());
    if (auto failure = unfit("content", *key, smallest)) throw *std::move(failure);
    return *std::move(key);
}

}  // namespace

Desired read_options(const Options& options) {
    const system::Path path(options.get<std::string>("path"), "path");
    Desired desired{
        .path = path,
        .size = size_in(options),
        .format = options.get<std::string>("format") == "pkcs1" ? KeyFormat::pkcs1 : KeyFormat::pkcs8,
        .regenerate = regenerate_of(options.get<std::string>("regenerate")),
        .content = {},
        .adopt_env_file = {},
        .adopt_env_name = options.get<std::string>("adopt_env_name"),
        .attributes = {},
        .unknown_owner = {},
        .backup = options.get<bool>("backup"),
        .return_content = options.get<bool>("return_content")};
    desired.content = content_in(options, desired.format);
    if (const auto file = options.find<std::string>("adopt_env_file"))
        desired.adopt_env_file = system::Path(*file, "adopt_env_file");
    try {
        desired.attributes = ansible::FileOptions::from(options, path);
    } catch (const Failure& failure) {
        desired.unknown_owner = failure;
    }
    return desired;
}

}  // namespace lago::rsa_key
