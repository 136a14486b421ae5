// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as a case for validation (a specification and parameters): the answer is always one JSON object.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "ansible/json.hpp"
#include "ansible/run.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lago::ansible;
    const auto answer = parse_json(validate_case(std::string(reinterpret_cast<const char*>(data), size)));
    if (!answer || answer->as_dict() == nullptr) std::abort();
    const lago::Value* printed = answer->as_dict()->find("stdout");
    if (printed == nullptr || !parse_json(*printed->as_string())) std::abort();
    return 0;
}
