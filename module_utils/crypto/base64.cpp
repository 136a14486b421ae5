// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/base64.hpp"

#include <algorithm>
#include <iterator>

#include "core/ascii.hpp"
#include "core/secret.hpp"
#include "crypto/openssl.hpp"

namespace lago::crypto {

namespace {

constexpr std::string_view white_space = " \t\r\n\v\f";

bool is_digit(char c) {
    return ascii::is_alphanumeric(c) || c == '+' || c == '/';
}

// Digits and padding alone, filled up to whole groups of four; empty where something else stands in `text`.
std::string groups_of(std::string_view text) {
    std::string groups;
    groups.reserve(text.size() + 3);  // no second allocation, which would leave a copy
    std::ranges::copy_if(text, std::back_inserter(groups),
                         [](char c) { return white_space.find(c) == std::string_view::npos; });
    const std::size_t digits = std::min(groups.find('='), groups.size());
    const bool sound =
        std::all_of(groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(digits), is_digit) &&
        groups.find_first_not_of('=', digits) == std::string::npos && digits % 4 != 1 &&
        groups.size() - digits <= 2;
    if (sound)
        groups.resize(digits + (4 - digits % 4) % 4, '=');
    else
        secrets::wipe(groups);
    return groups;
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // EVP_EncodeBlock ends it with a NUL
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes_of(bytes),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
    std::string groups = groups_of(text);
    if (groups.empty()) return std::nullopt;
    const auto padding = static_cast<std::size_t>(std::ranges::count(groups, '='));
    std::string bytes(groups.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytes_of(groups),
                                     static_cast<int>(groups.size()));
    secrets::wipe(groups);
    if (size < 0) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(size) - padding);
    return bytes;
}

}  // namespace lago::crypto
