// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/dialect.hpp"

#include <charconv>

namespace lago::ansible {

namespace {

// The minor number of "2.18.1", "2.22.0rc1"; a later major is newer than all.
int minor_of(std::string_view version) {
    constexpr int newest = 9999;
    int major = 0, minor = newest;
    const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), major);
    if (error != std::errc() || major != 2 || end == version.data() + version.size() || *end != '.')
        return newest;
    std::from_chars(end + 1, version.data() + version.size(), minor);
    return minor;
}

}  // namespace

Dialect Dialect::of(std::string_view version) {
    const int minor = minor_of(version);
    Dialect made;
    made.must_be_a = minor >= 17;
    made.int_through_decimal = made.strict_units = made.strict_dict_text = minor >= 18;
    made.short_type_names = made.null_is_empty_text = made.one_space_in_bool_text = minor >= 19;
    made.keep_flags_and_null = made.elements_by_value = made.summaries = minor >= 19;
    made.invocation_on_request = minor >= 21;
    return made;
}

}  // namespace lago::ansible
