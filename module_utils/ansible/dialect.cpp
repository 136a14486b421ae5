// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/dialect.hpp"

#include <charconv>

namespace lago::ansible {

namespace {

struct Version {
    int minor = 9999;
    int patch = 9999;
};

// "2.18.1" or "2.22.0rc1"; what cannot be read, and a later major, is newer than all.
Version parse(std::string_view text) {
    const auto next = [&](int& number) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc()) return false;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (text.starts_with('.')) text.remove_prefix(1);
        return true;
    };
    int major = 0;
    Version version;
    if (!next(major) || major != 2 || !next(version.minor)) return {};
    next(version.patch);
    return version;
}

}  // namespace

Dialect Dialect::of(std::string_view text) {
    const auto [minor, patch] = parse(text);
    Dialect made;
    made.keep_top_flags = minor > 16 || (minor == 16 && patch >= 1) || (minor == 15 && patch >= 7);
    made.must_be_a = minor >= 17;
    made.int_through_decimal = made.strict_units = made.strict_dict_text = minor >= 18;
    made.short_type_names = made.null_is_empty_text = made.one_space_in_bool_text = minor >= 19;
    made.keep_flags_and_null = made.elements_by_value = made.summaries = minor >= 19;
    made.invocation_on_request = minor >= 21;
    return made;
}

}  // namespace lago::ansible
