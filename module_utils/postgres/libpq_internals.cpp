// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgres/libpq_internals.hpp"

#include <cstdlib>
#include <limits>
#include <memory>

// PostgreSQL's own headers: they turn printf and friends into macros, so nothing is included after them.
extern "C" {
#include "postgres_fe.h"

#include "common/base64.h"
#include "common/cryptohash.h"
#include "common/md5.h"
#include "common/saslprep.h"
#include "common/scram-common.h"
#include "mb/pg_wchar.h"
}

namespace lago::postgres::internals {

namespace {

struct Free {
    void operator()(char* memory) const noexcept {
        std::free(memory);  // NOLINT(cppcoreguidelines-no-malloc): libpq allocated it
    }
};
using Memory = std::unique_ptr<char, Free>;

constexpr std::size_t longest = std::numeric_limits<int>::max() / 4;

}  // namespace

std::string prepared_password(std::string_view password) {
    const std::string terminated(password);
    char* made = nullptr;
    const pg_saslprep_rc outcome = pg_saslprep(terminated.c_str(), &made);
    const Memory memory(made);
    return outcome == SASLPREP_SUCCESS ? std::string(made) : terminated;
}

std::optional<Key> server_key(const std::string& prepared, std::span<const std::uint8_t> salt,
                              int iterations) {
    Key salted{};
    Key key{};
    const char* why = nullptr;
    if (scram_SaltedPassword(prepared.c_str(), PG_SHA256, static_cast<int>(salted.size()), salt.data(),
                             static_cast<int>(salt.size()), iterations, salted.data(), &why) < 0)
        return std::nullopt;
    if (scram_ServerKey(salted.data(), PG_SHA256, static_cast<int>(salted.size()), key.data(), &why) < 0)
        return std::nullopt;
    return key;
}

std::optional<std::string> scram_secret(const std::string& prepared, std::span<const std::uint8_t> salt,
                                        int iterations) {
    const char* why = nullptr;
    const Memory made(scram_build_secret(PG_SHA256, SCRAM_SHA_256_KEY_LEN, salt.data(),
                                         static_cast<int>(salt.size()), iterations, prepared.c_str(), &why));
    if (!made) return std::nullopt;
    return std::string(made.get());
}

std::optional<std::string> md5_secret(const std::string& password, const std::string& role) {
    std::array<char, MD5_PASSWD_LEN + 1> made{};
    const char* why = nullptr;
    if (!pg_md5_encrypt(password.c_str(), reinterpret_cast<const uint8*>(role.data()), role.size(),
                        made.data(), &why))
        return std::nullopt;
    return std::string(made.data());
}

std::optional<std::vector<std::uint8_t>> decode_base64(std::string_view text) {
    if (text.size() > longest) return std::nullopt;
    const int length = static_cast<int>(text.size());
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(pg_b64_dec_len(length)));
    const int written = pg_b64_decode(text.data(), length, bytes.data(), static_cast<int>(bytes.size()));
    if (written < 0) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(written));
    return bytes;
}

std::optional<std::vector<std::uint8_t>> random_bytes(std::size_t count) {
    std::vector<std::uint8_t> bytes(count);
    if (!pg_strong_random(bytes.data(), bytes.size())) return std::nullopt;
    return bytes;
}

bool is_utf8(std::string_view text) {
    if (text.size() > longest) return false;
    const int length = static_cast<int>(text.size());
    return pg_encoding_verifymbstr(PG_UTF8, text.data(), length) == length;
}

}  // namespace lago::postgres::internals
