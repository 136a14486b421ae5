// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as a YAML file: what is replaced is found again with the new value, and nothing outside of it is
// touched.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "text/yaml_scalar.hpp"

namespace {

void must(bool good) {
    if (!good) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lago::text;
    const std::string_view content(reinterpret_cast<const char*>(data), size);
    const auto found = find_scalar(content, "x");
    const auto changed = replace_scalar(content, "x", "true");
    if (!found) must(!changed.has_value());
    if (!changed) return 0;
    must(changed->substr(0, found->begin) == content.substr(0, found->begin));
    must(changed->substr(found->begin + 4) == content.substr(found->begin + found->size));
    const auto again = find_scalar(*changed, "x");
    must(again.has_value() && again->plain && again->value == "true" && again->begin == found->begin);
    must(replace_scalar(*changed, "x", "true").value_or("") == *changed);
    return 0;
}
