// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/digest.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>

// The known answers for "abc": RFC 1321 (MD5), FIPS 180 (SHA), FIPS 202 (SHA-3, SHAKE), each from its own
// examples.
TEST_CASE("fingerprints are the digests of FIPS 180 and 202 with colons", "[crypto][digest]") {
    const auto all = lago::crypto::fingerprints_of("abc");
    const std::map<std::string, std::string> by_name(all.begin(), all.end());
    CHECK(by_name.size() == 12);
    CHECK(by_name.at("md5") == "90:01:50:98:3c:d2:4f:b0:d6:96:3f:7d:28:e1:7f:72");
    CHECK(by_name.at("sha1") == "a9:99:3e:36:47:06:81:6a:ba:3e:25:71:78:50:c2:6c:9c:d0:d8:9d");
    CHECK(by_name.at("sha256") ==
          "ba:78:16:bf:8f:01:cf:ea:41:41:40:de:5d:ae:22:23:b0:03:61:a3:96:17:7a:9c:b4:10:ff:61:f2:00:15:ad");
    CHECK(by_name.at("sha3_256") ==
          "3a:98:5d:a7:4f:e2:25:b2:04:5c:17:2d:6b:d3:90:bd:85:5f:08:6e:3e:9d:52:5b:46:bf:e2:45:11:43:15:32");
    CHECK(by_name.at("shake_128").size() == 32 * 3 - 1);
    CHECK(by_name.at("sha512").size() == 64 * 3 - 1);
}

TEST_CASE("one digest as sha256sum prints it", "[crypto][digest]") {
    CHECK(lago::crypto::sha256_of("abc") ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(lago::crypto::sha256_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
