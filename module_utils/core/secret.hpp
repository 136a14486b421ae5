// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lago {

/// A text that must never be seen: a handle into the one secret store of the process, which also holds what
/// encoders made from it, scrubs each string of the result and is wiped after the result is written.
/// No conversions, no iterators, no stream operator, no equality: compare with `same_as`.
class Secret {
public:
    /// Takes the text over; the string given is wiped.
    explicit Secret(std::string&& text);
    explicit Secret(std::string_view text);

    /// The clear text, for a library's call. Only code in module_utils may ask (a lint says so). Valid until
    /// the store is wiped.
    std::string_view expose() const noexcept;
    bool empty() const noexcept { return expose().empty(); }
    std::size_t size() const noexcept { return expose().size(); }
    /// Compares in constant time for equal lengths.
    bool same_as(const Secret& other) const noexcept;

    /// A secret made from this one (percent-encoded, base64, a verifier…); what is made is scrubbed as well,
    /// unless it is shorter than 4 bytes.
    Secret map(std::string (*encode)(std::string_view)) const;

private:
    std::size_t handle_;
};

namespace secrets {

/// Replaces each secret known so far in `text`, longest first: `********` inside a text,
/// VALUE_SPECIFIED_IN_NO_LOG_PARAMETER where the whole text is a secret (AnsibleModule's remove_values).
std::string scrub(std::string_view text);
/// True where `text` is, or holds, a known secret.
bool holds_secret(std::string_view text);
/// Overwrites and forgets all secrets. After this, expose() gives an empty text.
void wipe() noexcept;
/// Overwrites a string's bytes in a way the compiler does not drop.
void wipe(std::string& text) noexcept;

}  // namespace secrets
}  // namespace lago
