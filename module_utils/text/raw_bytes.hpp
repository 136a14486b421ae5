// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lago::text {

/// The bytes that a text of the controller stands for. Python carries bytes that are not UTF-8 as lone
/// surrogates (U+DC80 to U+DCFF, `surrogateescape`), which arrive here in their three-byte form. Nothing
/// where another lone surrogate stands in it: that is no text and no bytes.
std::optional<std::string> raw_bytes(std::string_view text);

}  // namespace lago::text
