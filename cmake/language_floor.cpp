// SPDX-License-Identifier: GPL-3.0-or-later

// What this code relies on beyond C++20, in one file that every build compiles: clang 19 with libstdc++ 12
// and the release compiler with libc++ both have it. Not in both, so not used: std::format, std::print,
// std::move_only_function, std::ranges::to, views::zip, views::enumerate, #embed.

#include <expected>
#include <ranges>
#include <source_location>
#include <span>

#include <string_view>
#include <utility>
#include <vector>

namespace lago::language_floor {
namespace {

enum class Kind { missing };

constexpr std::expected<int, Kind> half(int number) {
    if (number % 2 != 0) return std::unexpected(Kind::missing);
    return number / 2;
}

static_assert(half(4) == 2);
static_assert(half(3).error() == Kind::missing);
static_assert(std::to_underlying(Kind::missing) == 0);
static_assert(std::string_view("postgres").starts_with("post") &&
              std::string_view("postgres").contains("gre"));

struct Named {
    int first = 0;
    std::string_view second;
    bool operator==(const Named&) const = default;
};

static_assert(Named{.first = 1}.first == 1);
static_assert(std::source_location::current().line() > 0);
static_assert(std::ranges::contiguous_range<std::span<const std::byte>>);
static_assert(std::ranges::distance(std::views::iota(0, 3) |
                                    std::views::filter([](int i) { return i > 0; })) == 2);

}  // namespace
}  // namespace lago::language_floor
