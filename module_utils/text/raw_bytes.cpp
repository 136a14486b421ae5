// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/raw_bytes.hpp"

namespace lago::text {

namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

}  // namespace

// A surrogate is ED A0..BF xx; those that stand for a byte are ED B2 80 to ED B3 BF.
std::optional<std::string> raw_bytes(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const unsigned second = byte_at(text, at + 1);
        if (byte_at(text, at) != 0xED || second < 0xA0 || second > 0xBF) {
            bytes += text[at];
            continue;
        }
        if (second != 0xB2 && second != 0xB3) return std::nullopt;
        bytes += static_cast<char>((second == 0xB2 ? 0x80U : 0xC0U) | (byte_at(text, at + 2) & 0x3FU));
        at += 2;
    }
    return bytes;
}

}  // namespace lago::text
