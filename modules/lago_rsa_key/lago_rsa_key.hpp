// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ansible/call.hpp"
#include "ansible/file_options.hpp"
#include "ansible/result.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"
#include "crypto/private_key.hpp"
#include "system/file.hpp"
#include "system/path.hpp"
#include "system/write.hpp"

namespace lago::rsa_key {

using crypto::KeyFormat;
using crypto::KeyProblem;

enum class Regenerate { never, fail, partial_idempotence, full_idempotence, always };

/// A key that was read or made: what may be shown of it, and its text in the form that is asked for.
struct Material {
    std::string type;
    int bits = 0;
    KeyFormat format = KeyFormat::pkcs8;  ///< as it was found
    crypto::Identity identity;
    std::optional<Secret> pem;  ///< only of an RSA key
};

using Reading = std::expected<Material, KeyProblem>;

struct Desired {
    system::Path path;
    int size = 0;
    KeyFormat format = KeyFormat::pkcs8;
    Regenerate regenerate = Regenerate::fail;
    std::optional<Material> content;
    std::optional<system::Path> adopt_env_file;
    std::string adopt_env_name;
    ansible::FileOptions attributes;
    std::optional<Failure> unknown_owner;  ///< in check mode an earlier task may still have to make it
    bool backup = false;
    bool return_content = false;
};

struct Observed {
    system::FileAttributes attributes;  ///< of the key file
    bool folder = true;                 ///< the folder of the key file is there
    bool flags_differ = false;          ///< chattr's, from those that are asked for
    std::optional<Reading> file;        ///< nothing: no key file
    std::optional<Reading> adopted;     ///< nothing: no such file or variable, or an empty one
};

enum class Source { file, content, adopted, generated };
std::string_view word(Source source);
std::string_view word(KeyFormat format);

struct Plan {
    Source source = Source::file;
    bool writes = false;
    bool replaces = false;           ///< what stands there goes; only then is there something to back up
    std::optional<Material> key;     ///< the key after; nothing where it has to be generated
    system::Ownership ownership;     ///< only what has to be set
    bool sets_flags = false;         ///< chattr's
    std::optional<Failure> blocked;  ///< what a run lacks; in check mode an earlier task may still provide it
    system::FileAttributes after;
    std::vector<std::string> warnings;  ///< a key that Lago may have used goes
    bool changed() const { return writes || sets_flags || blocked || ownership != system::Ownership{}; }
};

struct Done {
    std::optional<Material> generated;
    std::optional<system::Path> backup;
};

/// A key's text, and its PEM in `format`.
Reading read_key(const Secret& text, KeyFormat format);
Material material_of(const crypto::PrivateKey& key, KeyFormat found, KeyFormat wanted);

/// Why `problem` is no key for Lago, and what to do about it; `what` names where it stands.
Failure unusable(const std::string& what, KeyProblem problem);
/// The same for a key that reads: nothing where it is an RSA key of at least `size` bits.
std::optional<Failure> unfit(const std::string& what, const Material& key, int size);

/// Throws Failure for a size that cannot be meant, and for a content that is no key for Lago.
Desired read_options(const Options& options);
/// Reads; Failure for what cannot be read.
Observed observe(const Desired& desired);
/// Decides; no I/O. Throws Failure for the cells of the state table that say so.
Plan make_plan(const Desired& desired, const Observed& before);
Done apply(const Desired& desired, const Plan& plan);
Result report(const Desired& desired, const Observed& before, const Plan& plan, const Done& done);

}  // namespace lago::rsa_key
