// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "postgres/verifier.hpp"

/// What a server stores is read without harm, and only whole verifiers are taken for one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto verifier = lago::postgres::parse_scram(text);
    if (verifier &&
        (verifier->iterations < 1 || verifier->salt.empty() || !text.starts_with("SCRAM-SHA-256$")))
        std::abort();
    return 0;
}
