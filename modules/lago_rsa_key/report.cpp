// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago_rsa_key/lago_rsa_key.hpp"

namespace lago::rsa_key {

namespace {

Dict fingerprints(const Material& key) {
    Dict dict;
    for (const auto& [name, value] : key.identity.fingerprints) dict.set(name, value);
    return dict;
}

Dict shown(const Material& key, KeyFormat format) {
    return {{"type", key.type},
            {"size", key.bits},
            {"format", word(format)},
            {"public_key", key.identity.public_key}};
}

Value before_of(const Observed& before) {
    if (!before.file) return Dict{{"state", "absent"}};
    if (!*before.file) return Dict{{"can_parse_key", false}};
    return shown(**before.file, (*before.file)->format);
}

}  // namespace

std::string_view word(Source source) {
    switch (source) {
        case Source::content:
            return "content";
        case Source::adopted:
            return "adopted";
        case Source::generated:
            return "generated";
        case Source::file:
            break;
    }
    return "file";
}

std::string_view word(KeyFormat format) {
    switch (format) {
        case KeyFormat::pkcs1:
            return "pkcs1";
        case KeyFormat::der:
            return "der";
        case KeyFormat::base64:
            return "base64";
        case KeyFormat::pkcs8:
            break;
    }
    return "pkcs8";
}

Result report(const Desired& desired, const Observed& before, const Plan& plan, const Done& done) {
    Result result{.changed = plan.changed(),
                  .returned = {},
                  .diff = Diff{},
                  .warnings = plan.warnings,
                  .disclosed = {}};
    const Material* const key = plan.key ? &*plan.key : done.generated ? &*done.generated : nullptr;
    const KeyFormat format = plan.writes || key == nullptr ? desired.format : key->format;
    result.returned = {{"filename", desired.path.string()},
                       {"source", word(plan.source)},
                       {"size", key == nullptr ? desired.size : key->bits},
                       {"format", word(format)}};
    if (key != nullptr) {
        result.returned.set("fingerprint", fingerprints(*key));
        result.returned.set("public_key", key->identity.public_key);
        if (desired.return_content && key->pem) result.disclosed.emplace_back("privatekey", *key->pem);
    }
    if (done.backup) result.returned.set("backup_file", done.backup->string());
    if (plan.writes)
        result.diff->parts.push_back(
            {.before = before_of(before),
             .after = key != nullptr
                          ? shown(*key, format)
                          : Dict{{"type", "RSA"}, {"size", desired.size}, {"format", word(format)}},
             .before_header = desired.path.string(),
             .after_header = desired.path.string()});
    if (before.file && plan.after != before.attributes)
        result.diff->parts.push_back(ansible::attribute_diff(desired.path, before.attributes, plan.after));
    return result;
}

}  // namespace lago::rsa_key
