// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/private_key.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>

#include "core/secret.hpp"
#include "crypto/base64.hpp"
#include "crypto/openssl_command.hpp"

using lago::Secret;
using lago::crypto::base64_encode;
using lago::crypto::KeyFormat;
using lago::crypto::KeyProblem;
using lago::crypto::PrivateKey;
using lago::test::Folder;
using lago::test::openssl;
using lago::test::run;

namespace {

std::string rsa_pem(const std::string& bits = "2048") {
    return openssl("genrsa " + bits);
}

auto parse(std::string_view text) {
    return PrivateKey::parse(Secret(text));
}

KeyProblem problem_of(std::string_view text) {
    const auto parsed = parse(text);
    REQUIRE_FALSE(parsed.has_value());
    return parsed.error();
}

std::string without_newline(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

}  // namespace

TEST_CASE("an RSA key is read from PEM, DER and base64 of either", "[crypto][key]") {
    const Folder folder;
    const std::string pem = rsa_pem("3072");
    const std::string file = folder.write("key.pem", pem);
    const std::string pkcs1 = openssl("rsa -traditional -in " + file);
    const std::string der = openssl("pkcs8 -topk8 -nocrypt -outform DER -in " + file);
    const std::string der1 = openssl("rsa -traditional -outform DER -in " + file);
    const std::string public_pem = openssl("pkey -pubout -in " + file);
    struct Row {
        std::string text;
        KeyFormat format;
    };
    for (const Row& row :
         {Row{pem, KeyFormat::pkcs8}, Row{pkcs1, KeyFormat::pkcs1}, Row{der, KeyFormat::der},
          Row{der1, KeyFormat::der}, Row{base64_encode(pem), KeyFormat::base64},
          Row{base64_encode(pkcs1) + "\n", KeyFormat::base64}, Row{base64_encode(der), KeyFormat::base64},
          Row{base64_encode(der1), KeyFormat::base64},
          Row{openssl("base64 -in " + file), KeyFormat::base64}}) {
        const auto parsed = parse(row.text);
        REQUIRE(parsed.has_value());
        CHECK(parsed->format == row.format);
        CHECK(parsed->key.type() == "RSA");
        CHECK(parsed->key.bits() == 3072);
        CHECK(parsed->key.identity().public_key == public_pem);
        CHECK(parsed->key.sound());
    }
}

TEST_CASE("both PEM formats are written byte for byte as openssl writes them", "[crypto][key]") {
    const Folder folder;
    const std::string pem = rsa_pem();
    const std::string pkcs1 = openssl("rsa -traditional -in " + folder.write("key.pem", pem));
    const auto parsed = parse(pkcs1);
    REQUIRE(parsed.has_value());
    CHECK(parsed->key.pem(KeyFormat::pkcs8).expose() == pem);
    CHECK(parsed->key.pem(KeyFormat::pkcs1).expose() == pkcs1);
}

TEST_CASE("fingerprints are taken over the DER SubjectPublicKeyInfo", "[crypto][key]") {
    const Folder folder;
    const std::string pem = rsa_pem();
    const std::string spki =
        folder.write("spki", openssl("pkey -pubout -outform DER -in " + folder.write("k", pem)));
    const auto parsed = parse(pem);
    REQUIRE(parsed.has_value());
    for (const auto& [name, value] : parsed->key.identity().fingerprints) {
        if (name.starts_with("shake")) continue;  // openssl dgst has other default lengths
        std::string algorithm = name;
        std::ranges::replace(algorithm, '_', '-');
        // "SHA2-256(file)= 00:11:…"
        const std::string printed = without_newline(openssl("dgst -c -" + algorithm + " " + spki));
        CHECK(printed.substr(printed.rfind(' ') + 1) == value);
    }
}

TEST_CASE("a generated key passes openssl's own check in both formats", "[crypto][key]") {
    const Folder folder;
    const auto key = PrivateKey::generate_rsa(2048);
    REQUIRE(key.has_value());
    CHECK(key->bits() == 2048);
    CHECK(key->sound());
    for (const KeyFormat format : {KeyFormat::pkcs8, KeyFormat::pkcs1}) {
        const std::string pem(key->pem(format).expose());
        const auto answer = run("openssl rsa -check -noout -in " + folder.write("made.pem", pem));
        INFO(answer.output);
        CHECK(answer.status == 0);
        CHECK(answer.output.find("RSA key ok") != std::string::npos);
        CHECK(pem.starts_with(format == KeyFormat::pkcs8 ? "-----BEGIN PRIVATE KEY-----\n"
                                                         : "-----BEGIN RSA PRIVATE KEY-----\n"));
        CHECK(pem.back() == '\n');
    }
}

TEST_CASE("two generated keys differ", "[crypto][key]") {
    const auto one = PrivateKey::generate_rsa(2048);
    const auto two = PrivateKey::generate_rsa(2048);
    CHECK(one->identity() != two->identity());
}

TEST_CASE("what is not a usable private key is told apart", "[crypto][key]") {
    const Folder folder;
    const std::string pem = rsa_pem();
    const std::string key = folder.write("key.pem", pem);
    const std::string certificate = openssl("req -x509 -batch -subj /CN=test -key " + key);
    const std::string csr = openssl("req -new -batch -subj /CN=test -key " + key);
    const std::string public_pem = openssl("pkey -pubout -in " + key);
    const std::string encrypted = openssl("pkcs8 -topk8 -passout pass:planted -in " + key);

    CHECK(problem_of("") == KeyProblem::empty);
    CHECK(problem_of(" \r\n\t") == KeyProblem::empty);
    CHECK(problem_of("hello") == KeyProblem::garbage);
    CHECK(problem_of("deadbeefdeadbeef") == KeyProblem::garbage);
    CHECK(problem_of(std::string("\0\x01\x02", 3)) == KeyProblem::garbage);
    CHECK(problem_of(std::string(lago::crypto::largest_key_text + 1, 'A')) == KeyProblem::too_large);
    CHECK(problem_of("-----BEGIN PGP PRIVATE KEY BLOCK-----\nxxxx\n-----END PGP PRIVATE KEY BLOCK-----\n") ==
          KeyProblem::garbage);
    CHECK(problem_of(public_pem) == KeyProblem::public_key);
    CHECK(problem_of(openssl("rsa -RSAPublicKey_out -in " + key)) == KeyProblem::public_key);
    CHECK(problem_of(openssl("pkey -pubout -outform DER -in " + key)) == KeyProblem::public_key);
    CHECK(problem_of(base64_encode(public_pem)) == KeyProblem::public_key);
    CHECK(problem_of("ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB user@host") == KeyProblem::public_key);
    CHECK(problem_of(certificate) == KeyProblem::certificate);
    CHECK(problem_of(csr) == KeyProblem::certificate);
    CHECK(problem_of(openssl("req -x509 -batch -subj /CN=test -outform DER -key " + key)) ==
          KeyProblem::certificate);
    CHECK(problem_of(certificate + pem) == KeyProblem::several);
    CHECK(problem_of(pem + pem) == KeyProblem::several);
    CHECK(problem_of(encrypted) == KeyProblem::encrypted);
    CHECK(problem_of(base64_encode(encrypted)) == KeyProblem::encrypted);
    CHECK(problem_of(openssl("pkcs8 -topk8 -passout pass:planted -outform DER -in " + key)) ==
          KeyProblem::encrypted);
    CHECK(problem_of(openssl("rsa -traditional -des3 -passout pass:planted -in " + key)) ==
          KeyProblem::encrypted);
    CHECK(problem_of(openssl("rsa -traditional -aes256 -passout pass:planted -in " + key)) ==
          KeyProblem::encrypted);
    CHECK(problem_of(base64_encode(base64_encode(pem))) == KeyProblem::double_base64);
    CHECK(problem_of(pem.substr(0, pem.size() / 2)) == KeyProblem::broken_pem);
    std::string folded = pem;
    std::ranges::replace(folded, '\n', ' ');
    CHECK(problem_of(folded) == KeyProblem::broken_pem);
    CHECK(problem_of(
              "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----\n") ==
          KeyProblem::openssh);
    openssl("req -x509 -batch -subj /CN=test -key " + key + " -out " + folder.file("c.pem"));
    CHECK(problem_of(openssl("pkcs12 -export -passout pass:planted -inkey " + key + " -in " +
                             folder.file("c.pem"))) == KeyProblem::pkcs12);
}

TEST_CASE("keys of other types are read as what they are, or named", "[crypto][key]") {
    const auto elliptic =
        parse(openssl("ecparam -name prime256v1 -genkey"));  // parameters first, then the key
    REQUIRE(elliptic.has_value());
    CHECK(elliptic->key.type() == "ECC");
    CHECK(elliptic->key.bits() == 256);
    const auto edwards = parse(openssl("genpkey -algorithm ED25519"));
    REQUIRE(edwards.has_value());
    CHECK(edwards->key.type() == "Ed25519");
    const auto pss = parse(openssl("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048"));
    REQUIRE(pss.has_value());
    CHECK(pss->key.type() == "RSA-PSS");
    const Folder folder;
    openssl("dsaparam -out " + folder.file("p") + " 1024");
    CHECK(problem_of(openssl("gendsa " + folder.file("p"))) == KeyProblem::other_type);
}

TEST_CASE("a key whose halves do not belong together is found out", "[crypto][key]") {
    const Folder folder;
    const std::string der = openssl("rsa -traditional -outform DER -in " + folder.write("k", rsa_pem()));
    // RFC 8017 A.1.2: SEQUENCE (4 bytes), version (3), modulus: INTEGER header (4), a zero byte, then 256
    // bytes.
    std::string other = der;
    other[100] = static_cast<char>(other[100] ^ 0x10);
    const auto parsed = parse(other);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error() == KeyProblem::inconsistent);
}

TEST_CASE("bytes that Python escaped as lone surrogates are bytes again", "[crypto][key]") {
    const Folder folder;
    const std::string der = openssl("rsa -traditional -outform DER -in " + folder.write("k", rsa_pem()));
    std::string escaped;  // all high bytes as U+DC80…U+DCFF in UTF-8's three-byte form
    for (const char c : der) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80)
            escaped += c;
        else
            escaped.append({'\xed', static_cast<char>(0xb2 + (byte >> 6U) - 2),
                            static_cast<char>(0x80 | (byte & 0x3f))});
    }
    const auto parsed = parse(escaped);
    REQUIRE(parsed.has_value());
    CHECK(parsed->format == KeyFormat::der);
}

TEST_CASE("a read key is scrubbed from every text", "[crypto][key][secret]") {
    const std::string pem = rsa_pem();
    const auto parsed = parse(base64_encode(pem));
    REQUIRE(parsed.has_value());
    CHECK(lago::secrets::scrub("before " + pem + " after").find("PRIVATE") == std::string::npos);
    const std::string written(parsed->key.pem(KeyFormat::pkcs1).expose());
    CHECK(lago::secrets::scrub("x " + written).find("PRIVATE") == std::string::npos);
}
