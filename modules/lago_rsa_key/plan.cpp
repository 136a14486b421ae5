// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "lago_rsa_key/lago_rsa_key.hpp"

namespace lago::rsa_key {

namespace {

using system::FileKind;

constexpr mode_t default_mode = 0600;

struct Words {
    const char* kind;
    const char* why;
    const char* hint;
};

Words words_of(KeyProblem problem) {
    switch (problem) {
        case KeyProblem::empty:
            return {"empty", "it is empty", "Give an RSA private key, or leave it out to have one made"};
        case KeyProblem::too_large:
            return {"too_large", "it is larger than any private key (64 KiB)",
                    "Give the private key alone; is this the right file?"};
        case KeyProblem::garbage:
            break;
        case KeyProblem::broken_pem:
            return {"broken_pem", "it is a PEM that cannot be read",
                    "Line breaks may be lost, or its end missing: give the whole file"};
        case KeyProblem::encrypted:
            return {"encrypted", "the key is protected by a passphrase, for which Lago cannot ask",
                    "Take the passphrase off: openssl pkey -in KEY -out PLAIN"};
        case KeyProblem::public_key:
            return {"public_key", "it is a public key", "Give the private key that it belongs to"};
        case KeyProblem::certificate:
            return {"certificate", "it is a certificate or a request for one",
                    "Give the private key that it belongs to"};
        case KeyProblem::openssh:
            return {"openssh", "it is in OpenSSH's own format",
                    "Convert a copy: ssh-keygen -p -m PEM -f COPY"};
        case KeyProblem::pkcs12:
            return {"pkcs12", "it is a PKCS#12 container",
                    "Take the key out: openssl pkcs12 -nocerts -noenc"};
        case KeyProblem::several:
            return {"several", "there is more than one PEM block in it", "Give the private key alone"};
        case KeyProblem::double_base64:
            return {"double_base64", "it is base64 of base64", "Encode the key only once"};
        case KeyProblem::other_type:
            return {"not_rsa", "it is no RSA key", "Lago needs an RSA key"};
        case KeyProblem::inconsistent:
            return {"inconsistent", "the parts of the key do not belong together",
                    "Take the key from a backup that is whole"};
    }
    return {"garbage", "it is not a private key", "Give an RSA private key as PEM, DER or base64 of one"};
}

class Planner {
public:
    Planner(const Desired& desired, const Observed& before) : desired_(desired), before_(before) {}

    Plan make() {
        refuse_other_kinds();
        plan_.after = desired_.attributes.wanted(before_.attributes, default_mode);
        plan_.ownership = desired_.attributes.ownership(before_.attributes, default_mode);
        if (before_.file)
            plan_existing();
        else if (desired_.content)
            write(Source::content, desired_.content);
        else
            plan_missing();
        plan_.replaces = plan_.writes && before_.file;
        // A file that is written is a new one, without the old one's flags.
        plan_.sets_flags = before_.flags_differ || (plan_.writes && desired_.attributes.attributes());
        plan_.blocked = blocked();
        warn_of_another_key();
        return std::move(plan_);
    }

private:
    void refuse_other_kinds() const {
        if (before_.attributes.kind == FileKind::missing || before_.attributes.kind == FileKind::regular)
            return;
        throw Failure{.what = "cannot keep a key at " + desired_.path.string(),
                      .why = "it is no regular file",
                      .hint = "Name the file itself, or choose another path",
                      .kind = "wrong_kind",
                      .facts = {{"path", desired_.path.string()}}};
    }

    void warn_of_another_key() {
        const bool adopted_goes = before_.adopted && plan_.source == Source::generated;
        if (plan_.source == Source::file || (!before_.file && !adopted_goes)) return;
        const Reading& gone = before_.file ? *before_.file : *before_.adopted;
        const std::string where = before_.file ? desired_.path.string() : adopted_place();
        plan_.warnings.push_back(
            gone ? where +
                       ": another key takes its place. Receivers of webhooks that have cached the public "
                       "key reject webhooks until they fetch it again"
                 : where + ": what cannot be read as a key there is replaced");
    }

    std::string adopted_place() const {
        return desired_.adopt_env_name + " in " + desired_.adopt_env_file->string();
    }

    std::optional<Failure> blocked() const {
        return before_.folder ? desired_.unknown_owner : system::no_folder(desired_.path);
    }

    void write(Source source, std::optional<Material> key) {
        plan_.source = source;
        plan_.writes = true;
        plan_.key = std::move(key);
    }

    bool tolerant() const { return desired_.regenerate >= Regenerate::partial_idempotence; }

    // Whether it goes; Failure where it may not.
    bool is_replaced(const std::string& where, const Reading& there) const {
        if (!there) {
            if (desired_.regenerate >= Regenerate::full_idempotence) return true;
            throw unusable(where, there.error());
        }
        if (desired_.content) return is_replaced_by_content(there->identity == desired_.content->identity);
        if (desired_.regenerate == Regenerate::always) return true;
        auto failure = unfit(where, *there, desired_.size);
        if (!failure || desired_.regenerate == Regenerate::never) return false;
        if (tolerant()) return true;
        failure->hint += ". It stays unless 'regenerate' allows another one";
        throw *std::move(failure);
    }

    bool is_replaced_by_content(bool same) const {
        if (same || desired_.regenerate == Regenerate::never) return false;
        if (tolerant()) return true;
        throw Failure{.what = desired_.path.string(),
                      .why = "another key than that of 'content' is there",
                      .hint = "It stays unless 'regenerate' allows another one (partial_idempotence)",
                      .kind = "other_key",
                      .facts = {{"path", desired_.path.string()}}};
    }

    void plan_existing() {
        const Reading& there = *before_.file;
        if (is_replaced(desired_.path.string(), there)) {
            if (desired_.content) return write(Source::content, desired_.content);
            return write(Source::generated, std::nullopt);
        }
        plan_.key = *there;
        plan_.writes = there->pem && there->format != desired_.format;
    }

    void plan_missing() {
        if (!before_.adopted) return write(Source::generated, std::nullopt);
        const std::string where = adopted_place();
        if (is_replaced(where, *before_.adopted)) return write(Source::generated, std::nullopt);
        if (auto failure = unfit(where, **before_.adopted, 0)) throw *std::move(failure);
        write(Source::adopted, **before_.adopted);
    }

    const Desired& desired_;
    const Observed& before_;
    Plan plan_;
};

}  // namespace

Failure unusable(const std::string& what, KeyProblem problem) {
    const Words words = words_of(problem);
    return {.what = what, .why = words.why, .hint = words.hint, .kind = words.kind, .facts = {}};
}

std::optional<Failure> unfit(const std::string& what, const Material& key, int size) {
    if (key.type != "RSA")
        return Failure{.what = what,
                       .why = "it is a key of type " + key.type,
                       .hint = "Lago needs an RSA key",
                       .kind = "not_rsa",
                       .facts = {}};
    if (key.bits >= size) return std::nullopt;
    return Failure{.what = what,
                   .why = "the key has " + std::to_string(key.bits) + " bits",
                   .hint = "At least " + std::to_string(size) + " are asked for; Lago itself needs 2048",
                   .kind = "too_short",
                   .facts = {}};
}

Plan make_plan(const Desired& desired, const Observed& before) {
    return Planner(desired, before).make();
}

}  // namespace lago::rsa_key
