// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ansible/call.hpp"
#include "ansible/file_options.hpp"
#include "ansible/result.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"
#include "system/file.hpp"
#include "system/path.hpp"
#include "system/write.hpp"

namespace lago::secrets {

/// How random bytes are written.
enum class Encoding { hex, base64, urlsafe };

/// Where a secret is taken from, before a new one is made.
struct Adopt {
    enum class Part { value, url_password };
    system::Path path;         ///< an env file
    std::string variable;      ///< the one in it
    bool by_any_name = false;  ///< `variable` is the secret's own name: an encryption secret has two
    Part part = Part::value;
};

/// One variable of the file.
struct Wish {
    std::string name;
    std::size_t bytes = 0;
    Encoding encoding = Encoding::hex;
    std::optional<Adopt> adopt;
};

struct Desired {
    system::Path path;
    std::vector<Wish> secrets;
    ansible::FileOptions attributes;
    std::optional<Failure> unknown_owner;  ///< in check mode an earlier task may still have to make it
};

/// What stands in the file under a name.
enum class Entry { missing, empty, there };

struct Observed {
    system::FileAttributes attributes;  ///< of the file
    bool folder = true;                 ///< the folder of the file is there
    bool flags_differ = false;          ///< chattr's, from those that are asked for
    std::optional<Secret> content;      ///< nothing: no file
    std::vector<Entry> entries;         ///< as Desired::secrets
    std::vector<std::optional<Secret>>
        adopted;  ///< the same; only of missing ones, nothing: nowhere to be had
};

enum class Action { keep, adopt, generate };

struct Plan {
    std::vector<Action> actions;                ///< as Desired::secrets
    std::vector<std::optional<Secret>> values;  ///< the same; of adopted ones
    Secret content{std::string_view()};         ///< what the file holds so far
    bool writes = false;
    system::Ownership ownership;     ///< only what has to be set
    bool sets_flags = false;         ///< chattr's
    std::optional<Failure> blocked;  ///< what a run lacks; in check mode an earlier task may still provide it
    system::FileAttributes after;    ///< but for the size of a file that is written
    bool changed() const { return writes || sets_flags || blocked || ownership != system::Ownership{}; }
};

/// Throws Failure for what the spec cannot say: a name that is no variable's, one that comes twice, a length
/// that cannot be meant.
Desired read_options(const Options& options);
/// Reads; Failure for what cannot be read.
Observed observe(const Desired& desired);
/// Decides; no I/O. Throws Failure for the cells of the state table that say so.
Plan make_plan(const Desired& desired, const Observed& before);
/// The content with one line more. Throws Failure for a value that cannot stand in an env file.
Secret with_secret(const Secret& content, const system::Path& path, const std::string& name,
                   const Secret& value);
/// Generates what is missing, and writes all at once.
void apply(const Desired& desired, const Plan& plan);
Result report(const Desired& desired, const Observed& before, const Plan& plan);

}  // namespace lago::secrets
