// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as JSON: what is accepted is written, read again and written the same; a Python literal never
// harms.

#include "ansible/json.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "ansible/python.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lago::ansible;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto value = parse_json(text)) {
        const std::string written = to_json(*value);
        const auto again = parse_json(written);
        if (!again || to_json(*again) != written) std::abort();
    }
    if (const auto literal = python::literal_eval(text)) static_cast<void>(python::repr(*literal));
    return 0;
}
