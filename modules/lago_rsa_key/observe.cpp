// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "lago_rsa_key/lago_rsa_key.hpp"
#include "text/secret_text.hpp"

namespace lago::rsa_key {

namespace {

using system::FileKind;
using system::value_or_failure;

Reading read_key_file(const Desired& desired) {
    auto text = system::read_secret_file(desired.path, crypto::largest_key_text);
    if (!text && text.error().number == EFBIG) return std::unexpected(KeyProblem::too_large);
    return read_key(value_or_failure(std::move(text)), desired.format);
}

std::optional<Reading> read_adopted(const Desired& desired) {
    if (!desired.adopt_env_file) return std::nullopt;
    auto file = system::read_secret_file(*desired.adopt_env_file);
    if (!file && file.error().is_missing()) return std::nullopt;
    const auto variable = text::secret_variable(value_or_failure(std::move(file)), desired.adopt_env_name);
    if (!variable)
        throw Failure{
            .what = "cannot read " + desired.adopt_env_name + " in " + desired.adopt_env_file->string(),
            .why = variable.error().message,
            .hint = "Mend the file, or leave adopt_env_file out to have a new key",
            .kind = "bad_env_file",
            .facts = {{"path", desired.adopt_env_file->string()}}};
    if (!*variable || (*variable)->empty()) return std::nullopt;
    return read_key(**variable, desired.format);
}

// The check of the primes costs a hundred times as much as all else here: only of a key that is not yet
// there.
void check_new_key(const std::string& where, const Material& key, const std::optional<Reading>& file) {
    if (file && *file && (*file)->identity == key.identity) return;
    if (!key.pem) return;
    const auto parsed = crypto::PrivateKey::parse(*key.pem);
    if (!parsed || !parsed->key.sound()) throw unusable(where, KeyProblem::inconsistent);
}

}  // namespace

Material material_of(const crypto::PrivateKey& key, KeyFormat found, KeyFormat wanted) {
    Material material{
        .type = key.type(), .bits = key.bits(), .format = found, .identity = key.identity(), .pem = {}};
    if (material.type == "RSA") material.pem = key.pem(wanted);
    return material;
}

Reading read_key(const Secret& text, KeyFormat format) {
    const auto parsed = crypto::PrivateKey::parse(text);
    if (!parsed) return std::unexpected(parsed.error());
    return material_of(parsed->key, parsed->format, format);
}

Observed observe(const Desired& desired) {
    Observed observed;
    observed.attributes = value_or_failure(system::read_attributes(desired.path, false));
    observed.folder =
        value_or_failure(system::read_attributes(desired.path.parent())).kind == FileKind::directory;
    if (observed.attributes.kind == FileKind::regular) {
        observed.flags_differ = desired.attributes.flags_differ(desired.path);
        observed.file = read_key_file(desired);
    } else if (observed.attributes.kind == FileKind::missing && !desired.content) {
        observed.adopted = read_adopted(desired);
    }
    if (desired.content) check_new_key("content", *desired.content, observed.file);
    if (observed.adopted && *observed.adopted)
        check_new_key(desired.adopt_env_name, **observed.adopted, observed.file);
    return observed;
}

}  // namespace lago::rsa_key
