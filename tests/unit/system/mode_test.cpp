// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/mode.hpp"

#include <catch2/catch_test_macros.hpp>

namespace lago::system {

namespace {

// As chmod(1) with the umask 022, on a file of this mode.
mode_t file(std::string_view text, mode_t current) {
    return parse_mode(text, current, false, 022).value_or(077777);
}
mode_t folder(std::string_view text, mode_t current) {
    return parse_mode(text, current, true, 022).value_or(077777);
}

}  // namespace

TEST_CASE("octal modes, in every form that Python's int(text, 8) takes", "[system][mode]") {
    CHECK(file("0644", 0) == 0644);
    CHECK(file("644", 0) == 0644);
    CHECK(file("0o644", 0) == 0644);
    CHECK(file(" 06_44 ", 0) == 0644);
    CHECK(file("4755", 0) == 04755);
    CHECK(file("0", 0777) == 0);
    CHECK(parse_mode("0100644", 0, false, 022) == std::unexpected(ModeError::out_of_range));
    CHECK(parse_mode("-644", 0, false, 022) == std::unexpected(ModeError::out_of_range));
    CHECK(parse_mode("77777777777777777777777777", 0, false, 022) ==
          std::unexpected(ModeError::out_of_range));
}

TEST_CASE("symbolic modes as chmod takes them", "[system][mode]") {
    CHECK(file("u=rw,g=r,o=", 0777) == 0640);
    CHECK(file("u+x", 0644) == 0744);
    CHECK(file("a-w", 0666) == 0444);
    CHECK(file("go-rwx", 0755) == 0700);
    CHECK(file("u=rwx,g=u-w", 0600) == 0750);
    CHECK(file("g=u", 0640) == 0660);
    CHECK(file("o=g", 0640) == 0644);
    CHECK(file("u+s,g+s,o+t", 0755) == 07755);
    CHECK(file("u-s", 04755) == 0755);
    CHECK(file("u=rwx", 04755) == 0755);
    CHECK(file("ug=rwX", 0640) == 0660);
    CHECK(file("ug=rwX", 0740) == 0770);
    CHECK(folder("a=rX", 0) == 0555);
    CHECK(file("u=", 0777) == 077);
    CHECK(file("u,g+w", 0640) == 0660);
}

TEST_CASE("without a who the umask holds, and with X it does not", "[system][mode]") {
    CHECK(file("+w", 0444) == 0644);
    CHECK(file("=rw", 0) == 0644);
    CHECK(file("+x", 0644) == 0755);
    CHECK(parse_mode("+x", 0600, false, 077) == 0700);
    CHECK(file("a+w", 0444) == 0666);
}

TEST_CASE("what is neither is said to be neither", "[system][mode]") {
    for (const std::string_view bad :
         {"rw-r--r--", "u=rwz", "z+r", "0648", "u+r,b", "ga+r", "_644", "64_", "0o", "6 44"})
        CHECK(parse_mode(bad, 0644, false, 022) == std::unexpected(ModeError::neither));
}

TEST_CASE("modes are printed as '0%03o'", "[system][mode]") {
    CHECK(octal(0644) == "0644");
    CHECK(octal(0) == "0000");
    CHECK(octal(04755) == "04755");
    CHECK(octal(7) == "0007");
}

}  // namespace lago::system
