// SPDX-License-Identifier: GPL-3.0-or-later
#include "lago/secrets.hpp"

#include <catch2/catch_test_macros.hpp>

namespace lago::facts {

TEST_CASE("encryption secrets have two names, nothing else has", "[facts][secrets]") {
    CHECK(other_name("ENCRYPTION_PRIMARY_KEY") == "LAGO_ENCRYPTION_PRIMARY_KEY");
    CHECK(other_name("LAGO_ENCRYPTION_KEY_DERIVATION_SALT") == "ENCRYPTION_KEY_DERIVATION_SALT");
    CHECK(other_name("LAGO_ENCRYPTION_DETERMINISTIC_KEY") == "ENCRYPTION_DETERMINISTIC_KEY");
    for (const std::string_view name : {"SECRET_KEY_BASE", "LAGO_SECRET_KEY_BASE", "LAGO_", "",
                                        "LAGO_API_URL", "LAGO_LAGO_ENCRYPTION_PRIMARY_KEY"})
        CHECK(other_name(name) == std::nullopt);
}

}  // namespace lago::facts
