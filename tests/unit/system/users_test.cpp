// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/users.hpp"

#include <catch2/catch_test_macros.hpp>

namespace lago::system {

TEST_CASE("names and numbers of users and groups", "[system][users]") {
    CHECK(find_user("root") == 0U);
    CHECK(find_user("0") == 0U);
    CHECK(find_user("4711") == 4711U);
    CHECK(find_group("root") == 0U);
    CHECK(user_name(0) == "root");
    CHECK(group_name(0) == "root");
    CHECK_FALSE(find_user("no-such-user"));
    CHECK_FALSE(find_group("no such group"));
    CHECK_FALSE(find_user(""));
    CHECK_FALSE(find_user("-s"));
    CHECK_FALSE(find_user("99999999999"));
    CHECK_FALSE(user_name(4294967000U));
}

}  // namespace lago::system
