// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as an env file: a variable that was set is found again, setting it again changes nothing, and no
// byte outside of its line is touched.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "text/env_file.hpp"

namespace {

void must(bool good) {
    if (!good) std::abort();
}

bool keeps_the_rest(std::string_view before, std::string_view after) {
    constexpr std::string_view assignment = "A=true";
    for (std::size_t at = after.find(assignment); at != after.npos; at = after.find(assignment, at + 1)) {
        const std::string_view head = after.substr(0, at);
        const std::string_view tail = after.substr(at + assignment.size());
        const bool in_place = before.starts_with(head) && before.ends_with(tail);
        const bool appended = tail.size() <= 2 && (before == head || head == std::string(before) + "\n" ||
                                                   head == std::string(before) + "\r\n");
        if (in_place || appended) return true;
    }
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lago::text;
    const std::string_view content(reinterpret_cast<const char*>(data), size);
    const auto once = set_variable(content, "A", "true");
    must(once.has_value() == find_variable(content, "A").has_value());
    if (!once) return 0;
    const auto found = find_variable(*once, "A");
    must(found.has_value() && found->has_value() && (*found)->value == "true");
    must(set_variable(*once, "A", "true").value_or("") == *once);
    must(keeps_the_rest(content, *once));
    return 0;
}
