// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/private_key.hpp"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include "crypto/base64.hpp"
#include "crypto/openssl.hpp"

namespace lago::crypto {

struct PrivateKey::Held {
    Key key;
};

PrivateKey::PrivateKey(std::unique_ptr<Held> held) : held_(std::move(held)) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

namespace {

constexpr std::string_view white_space = " \t\r\n\v\f";

using Found = std::expected<std::pair<Key, KeyFormat>, KeyProblem>;

std::unexpected<KeyProblem> problem(KeyProblem kind) {
    ERR_clear_error();
    return std::unexpected(kind);
}

// Python's surrogateescape: bytes that were not UTF-8 come as U+DC80…U+DCFF, here ED B2 80…ED B3 BF.
std::string without_surrogates(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::string_view next = text.substr(at, 3);
        const bool escaped =
            next.size() == 3 && next[0] == '\xed' && (next[1] == '\xb2' || next[1] == '\xb3');
        bytes += !escaped ? text[at] : next[1] == '\xb2' ? next[2] : static_cast<char>(next[2] + 0x40);
        if (escaped) at += 2;
    }
    return bytes;
}

bool has_surrogates(std::string_view text) {
    return text.find("\xed\xb2") != std::string_view::npos || text.find("\xed\xb3") != std::string_view::npos;
}

std::string decoded_or_empty(std::string_view text) {
    return base64_decode(text).value_or(std::string());
}

bool looks_like_pem(std::string_view text) {
    return text.find("-----BEGIN ") != std::string_view::npos;
}

// A SEQUENCE of at least 128 bytes, which every key and certificate is.
bool looks_like_der(std::string_view text) {
    return text.size() > 2 && text[0] == '\x30' && (static_cast<unsigned char>(text[1]) & 0x80U) != 0;
}

// Never asks: without it libcrypto would read a passphrase from the terminal.
int no_passphrase(char*, int, int, void*) noexcept {
    return 0;
}

Bio reader_of(std::string_view text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

template <class T, auto release, class Read>
bool reads_as(Read read, std::string_view der) {
    const unsigned char* at = bytes_of(der);
    const Handle<T, release> object(read(nullptr, &at, static_cast<long>(der.size())));
    return object != nullptr;
}

std::vector<std::string_view> labels_of(std::string_view pem) {
    constexpr std::string_view begin = "-----BEGIN ";
    std::vector<std::string_view> labels;
    for (std::size_t at = pem.find(begin); at != std::string_view::npos; at = pem.find(begin, at)) {
        at += begin.size();
        labels.push_back(pem.substr(at, std::min(pem.find("-----", at), pem.size()) - at));
    }
    return labels;
}

// What stands in PEM blocks that are not a private key in the clear.
std::optional<KeyProblem> problem_of_label(std::string_view label) {
    struct Row {
        std::string_view label;
        KeyProblem problem;
    };
    constexpr std::array rows = {
        Row{"ENCRYPTED PRIVATE KEY", KeyProblem::encrypted},
        Row{"PUBLIC KEY", KeyProblem::public_key},
        Row{"RSA PUBLIC KEY", KeyProblem::public_key},
        Row{"SSH2 PUBLIC KEY", KeyProblem::public_key},
        Row{"CERTIFICATE", KeyProblem::certificate},
        Row{"X509 CERTIFICATE", KeyProblem::certificate},
        Row{"TRUSTED CERTIFICATE", KeyProblem::certificate},
        Row{"CERTIFICATE REQUEST", KeyProblem::certificate},
        Row{"NEW CERTIFICATE REQUEST", KeyProblem::certificate},
        Row{"OPENSSH PRIVATE KEY", KeyProblem::openssh},
        Row{"DSA PRIVATE KEY", KeyProblem::other_type},
    };
    const auto row = std::ranges::find(rows, label, &Row::label);
    return row == rows.end() ? std::nullopt : std::optional(row->problem);
}

bool is_private_label(std::string_view label) {
    return label == "PRIVATE KEY" || label == "RSA PRIVATE KEY" || label == "EC PRIVATE KEY";
}

// Why a block that says it is a private key could not be read.
KeyProblem problem_of_unread(std::string_view pem, std::string_view label) {
    const Bio bio = reader_of(pem);
    const Pkcs8 wrapped(PEM_read_bio_PKCS8_PRIV_KEY_INFO(bio.get(), nullptr, no_passphrase, nullptr));
    return wrapped || label == "EC PRIVATE KEY" ? KeyProblem::other_type : KeyProblem::broken_pem;
}

Found parse_pem(std::string_view pem) {
    std::vector<std::string_view> labels = labels_of(pem);
    std::erase(labels, "EC PARAMETERS");  // stands before the key in `openssl ecparam -genkey`
    if (labels.empty()) return problem(KeyProblem::garbage);
    const bool same_kind = std::ranges::none_of(labels, is_private_label);
    if (labels.size() > 1 && !same_kind) return problem(KeyProblem::several);
    const std::string_view label = labels.front();
    if (const auto known = problem_of_label(label)) return problem(*known);
    if (!is_private_label(label)) return problem(KeyProblem::garbage);
    if (pem.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos) return problem(KeyProblem::encrypted);
    const Bio bio = reader_of(pem);
    Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
    if (!key) return problem(problem_of_unread(pem, label));
    return std::pair(std::move(key), label == "PRIVATE KEY" ? KeyFormat::pkcs8 : KeyFormat::pkcs1);
}

Found parse_der(std::string_view der) {
    const unsigned char* at = bytes_of(der);
    Key key(d2i_AutoPrivateKey_ex(nullptr, &at, static_cast<long>(der.size()), nullptr, nullptr));
    if (key) return std::pair(std::move(key), KeyFormat::der);
    if (reads_as<X509, X509_free>(d2i_X509, der) || reads_as<X509_REQ, X509_REQ_free>(d2i_X509_REQ, der))
        return problem(KeyProblem::certificate);
    if (reads_as<EVP_PKEY, EVP_PKEY_free>(d2i_PUBKEY, der)) return problem(KeyProblem::public_key);
    if (reads_as<X509_SIG, X509_SIG_free>(d2i_X509_SIG, der)) return problem(KeyProblem::encrypted);
    if (reads_as<PKCS12, PKCS12_free>(d2i_PKCS12, der)) return problem(KeyProblem::pkcs12);
    if (reads_as<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>(d2i_PKCS8_PRIV_KEY_INFO, der))
        return problem(KeyProblem::other_type);
    return problem(KeyProblem::garbage);
}

Found parse_plain(std::string_view text) {
    return looks_like_pem(text) ? parse_pem(text) : parse_der(text);
}

Found parse_base64(const Secret& text) {
    const Secret inner = text.map(decoded_or_empty);
    const std::string_view bytes = inner.expose();
    if (looks_like_pem(bytes) || looks_like_der(bytes)) {
        Found found = parse_plain(bytes);
        if (found) found->second = KeyFormat::base64;
        return found;
    }
    const Secret innermost = inner.map(decoded_or_empty);
    const std::string_view twice = innermost.expose();
    return problem(looks_like_pem(twice) || looks_like_der(twice) ? KeyProblem::double_base64
                                                                  : KeyProblem::garbage);
}

Found parse_text(const Secret& text) {
    const std::string_view view = text.expose();
    if (view.find_first_not_of(white_space) == std::string_view::npos) return problem(KeyProblem::empty);
    if (view.size() > largest_key_text) return problem(KeyProblem::too_large);
    if (looks_like_pem(view) || looks_like_der(view)) {
        Found found = parse_plain(view);
        if (found || found.error() != KeyProblem::garbage || !has_surrogates(view)) return found;
        return parse_plain(text.map(without_surrogates).expose());
    }
    if (view.starts_with("ssh-") || view.starts_with("ecdsa-sha2-")) return problem(KeyProblem::public_key);
    return parse_base64(text);
}

// Signs a fixed text under SHA-256 and verifies it: what Lago does with the key (RS256).
// Keys that sign otherwise (Ed25519) or not at all (X25519) are not Lago's, and not tried.
bool signs(EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "RSA") == 0) return true;
    constexpr std::string_view text = "mash.lago";
    const DigestContext signer(EVP_MD_CTX_new());
    const DigestContext verifier(EVP_MD_CTX_new());
    std::vector<unsigned char> signature(static_cast<std::size_t>(std::max(EVP_PKEY_get_size(key), 0)));
    std::size_t size = signature.size();
    const bool verified =
        signer && verifier && EVP_DigestSignInit(signer.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
        EVP_DigestSign(signer.get(), signature.data(), &size, bytes_of(text), text.size()) == 1 &&
        EVP_DigestVerifyInit(verifier.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
        EVP_DigestVerify(verifier.get(), signature.data(), size, bytes_of(text), text.size()) == 1;
    ERR_clear_error();
    return verified;
}

Buffer encode(EVP_PKEY* key, int selection, const char* output, const char* structure) {
    const Encoder encoder(OSSL_ENCODER_CTX_new_for_pkey(key, selection, output, structure, nullptr));
    unsigned char* bytes = nullptr;
    std::size_t size = 0;
    if (!encoder || OSSL_ENCODER_to_data(encoder.get(), &bytes, &size) != 1)
        throw std::runtime_error("libcrypto cannot encode the key: " + take_error());
    return {bytes, size};
}

}  // namespace

std::expected<ParsedKey, KeyProblem> PrivateKey::parse(const Secret& text) {
    Found found = parse_text(text);
    if (!found) return std::unexpected(found.error());
    if (!signs(found->first.get())) return std::unexpected(KeyProblem::inconsistent);
    return ParsedKey{PrivateKey(std::make_unique<Held>(std::move(found->first))), found->second};
}

std::expected<PrivateKey, std::string> PrivateKey::generate_rsa(int bits) {
    Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits)));
    if (!key) return std::unexpected(take_error());
    return PrivateKey(std::make_unique<Held>(std::move(key)));
}

std::string PrivateKey::type() const {
    const char* const found = EVP_PKEY_get0_type_name(held_->key.get());
    const std::string name = found == nullptr ? "unknown" : found;
    if (name == "EC") return "ECC";
    if (name == "ED25519") return "Ed25519";
    if (name == "ED448") return "Ed448";
    return name;
}

int PrivateKey::bits() const {
    return EVP_PKEY_get_bits(held_->key.get());
}

Identity PrivateKey::identity() const {
    EVP_PKEY* const key = held_->key.get();
    const Buffer pem = encode(key, EVP_PKEY_PUBLIC_KEY, "PEM", "SubjectPublicKeyInfo");
    const Buffer der = encode(key, EVP_PKEY_PUBLIC_KEY, "DER", "SubjectPublicKeyInfo");
    return {std::string(pem.view()), fingerprints_of(der.view())};
}

Secret PrivateKey::pem(KeyFormat format) const {
    const char* const structure = format == KeyFormat::pkcs1 ? "type-specific" : "PrivateKeyInfo";
    return Secret(encode(held_->key.get(), EVP_PKEY_KEYPAIR, "PEM", structure).view());
}

bool PrivateKey::sound() const {
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, held_->key.get(), nullptr));
    const bool passed = context && EVP_PKEY_check(context.get()) == 1;
    ERR_clear_error();
    return passed;
}

}  // namespace lago::crypto
