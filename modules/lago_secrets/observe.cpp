// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "lago/secrets.hpp"
#include "lago_secrets/lago_secrets.hpp"
#include "text/secret_text.hpp"
#include "text/service_url.hpp"

namespace lago::secrets {

namespace {

using system::FileKind;
using system::value_or_failure;

Failure unusable(const system::Path& path, const std::string& variable, std::string why, std::string hint,
                 std::string kind) {
    return {.what = "cannot read " + variable + " in " + path.string(),
            .why = std::move(why),
            .hint = std::move(hint),
            .kind = std::move(kind),
            .facts = {{"path", path.string()}}};
}

std::optional<Secret> variable_of(const Secret& env_file, const std::string& name, const system::Path& path) {
    auto variable = text::secret_variable(env_file, name);
    if (!variable) throw unusable(path, name, variable.error().message, "Mend the file", "bad_env_file");
    if (!*variable || (*variable)->empty()) return std::nullopt;
    return *variable;
}

Entry entry_of(const Secret& content, const std::string& name, const system::Path& path) {
    if (variable_of(content, name, path)) return Entry::there;
    const auto is_set = text::sets_variable(content, name);
    return is_set && *is_set ? Entry::empty : Entry::missing;
}

std::optional<Secret> read_adopted(const Adopt& adopt) {
    auto file = system::read_secret_file(adopt.path);
    if (!file && file.error().is_missing()) return std::nullopt;
    const Secret content = value_or_failure(std::move(file));
    auto value = variable_of(content, adopt.variable, adopt.path);
    const auto other = adopt.by_any_name ? facts::other_name(adopt.variable) : std::nullopt;
    if (!value && other) value = variable_of(content, *other, adopt.path);
    if (!value || adopt.part == Adopt::Part::value) return value;
    const auto url = text::parse_service_url(*value);
    if (!url)
        throw unusable(adopt.path, adopt.variable, url.error(),
                       "part: url_password takes the password of a URL. Mend it, or leave adopt out",
                       "bad_url");
    return url->password;
}

}  // namespace

Observed observe(const Desired& desired) {
    Observed observed;
    observed.attributes = value_or_failure(system::read_attributes(desired.path, false));
    observed.folder =
        value_or_failure(system::read_attributes(desired.path.parent())).kind == FileKind::directory;
    if (observed.attributes.kind == FileKind::regular) {
        observed.flags_differ = desired.attributes.flags_differ(desired.path);
        observed.content = value_or_failure(system::read_secret_file(desired.path));
    }
    for (const Wish& wish : desired.secrets) {
        observed.entries.push_back(observed.content ? entry_of(*observed.content, wish.name, desired.path)
                                                    : Entry::missing);
        observed.adopted.push_back(observed.entries.back() == Entry::missing && wish.adopt
                                       ? read_adopted(*wish.adopt)
                                       : std::nullopt);
    }
    return observed;
}

}  // namespace lago::secrets
