// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch_test_macros.hpp>

#include "lago_database/lago_database.hpp"

using namespace lago::database;

TEST_CASE("one locale has many spellings", "[lago_database]") {
    CHECK(normalised_locale("en_US.UTF-8") == normalised_locale("en_US.utf8"));
    CHECK(normalised_locale("POSIX") == normalised_locale("C"));
    CHECK(normalised_locale("de_DE.ISO-8859-15@euro") == normalised_locale("de_DE.iso885915@euro"));
    CHECK(normalised_locale("de_DE.UTF-8@euro") != normalised_locale("de_DE.UTF-8"));
    CHECK(normalised_locale("en_US.UTF-8") != normalised_locale("en_GB.UTF-8"));
    CHECK(normalised_locale("en_US") != normalised_locale("en_us"));
}
