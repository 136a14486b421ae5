// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/utf8.hpp"

namespace lago::ansible::utf8 {

namespace {
constexpr char32_t replacement = 0xfffd;

std::size_t length_of(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return 2;
    if (lead >= 0xe0 && lead <= 0xef) return 3;
    if (lead >= 0xf0 && lead <= 0xf4) return 4;
    return 0;
}

char32_t smallest(std::size_t length) {
    if (length == 4) return 0x10000;
    if (length == 3) return 0x800;
    return length == 2 ? 0x80 : 0;
}
}  // namespace

Point decode(std::string_view text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = length_of(lead);
    if (length == 1) return {lead, 1, true};
    if (length == 0 || at + length > text.size()) return {replacement, 1, false};
    char32_t code = lead & (0x7fU >> length);
    for (std::size_t next = 1; next < length; ++next) {
        const auto byte = static_cast<unsigned char>(text[at + next]);
        if ((byte & 0xc0U) != 0x80U) return {replacement, 1, false};
        code = (code << 6U) | (byte & 0x3fU);
    }
    if (code < smallest(length) || code > 0x10ffff) return {replacement, 1, false};
    return {code, length, true};
}

void append(std::string& out, char32_t code) {
    const auto byte = [&](char32_t bits) { out += static_cast<char>(static_cast<unsigned char>(bits)); };
    if (code < 0x80) return byte(code);
    if (code < 0x800)
        byte(0xc0 | (code >> 6U));
    else if (code < 0x10000) {
        byte(0xe0 | (code >> 12U));
        byte(0x80 | ((code >> 6U) & 0x3f));
    } else {
        byte(0xf0 | (code >> 18U));
        byte(0x80 | ((code >> 12U) & 0x3f));
        byte(0x80 | ((code >> 6U) & 0x3f));
    }
    byte(0x80 | (code & 0x3f));
}

}  // namespace lago::ansible::utf8
