// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/users.hpp"

#include <cstdlib>

#include <catch2/catch_test_macros.hpp>

#include "folder.hpp"

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

TEST_CASE("a name that is not in the files is asked of getent", "[system][users]") {
    const TestFolder folder;
    folder.file("getent",
                "#!/bin/sh\n"
                "case $1-$2 in\n"
                "passwd-ldap-user | passwd-5001) echo ldap-user:x:5001:5002::/home:/bin/sh;;\n"
                "group-ldap-group | group-5002) echo ldap-group:x:5002:;;\n"
                "*) exit 2;;\n"
                "esac\n",
                0755);
    const std::string before = std::getenv("PATH");
    ::setenv("PATH", (folder.path().string() + ":" + before).c_str(), 1);
    CHECK(find_user("ldap-user") == 5001U);
    CHECK(find_group("ldap-group") == 5002U);
    CHECK(user_name(5001) == "ldap-user");
    CHECK(group_name(5002) == "ldap-group");
    CHECK_FALSE(find_user("nobody-there"));
    ::setenv("PATH", before.c_str(), 1);
}

}  // namespace lago::system
