// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/value.hpp"

#include <catch2/catch_test_macros.hpp>

namespace lago {

TEST_CASE("a dictionary keeps the order of its keys, also when one is set again", "[value]") {
    Dict dict{{"b", 1}, {"a", 2}};
    dict.set("b", 3);
    REQUIRE(dict.size() == 2);
    CHECK(dict.items()[0] == Dict::Item{"b", 3});
    CHECK(dict.items()[1].first == "a");
}

TEST_CASE("a large dictionary finds, replaces and erases as a small one", "[value]") {
    Dict dict;
    for (int number = 0; number < 1000; ++number) dict.set("key" + std::to_string(number), number);
    CHECK(*dict.find("key999") == Value(999));
    CHECK(dict.find("key1000") == nullptr);
    dict.set("key500", "other");
    CHECK(dict.size() == 1000);
    CHECK(dict.erase("key0"));
    CHECK_FALSE(dict.erase("key0"));
    CHECK(*dict.find("key500") == Value("other"));
    CHECK(*dict.find("key999") == Value(999));
    for (int number = 1; number < 990; ++number) dict.erase("key" + std::to_string(number));
    CHECK(dict.size() == 10);
    CHECK(*dict.find("key995") == Value(995));
}

TEST_CASE("dictionaries are equal whatever their order, lists are not", "[value]") {
    CHECK(Dict{{"a", 1}, {"b", 2}} == Dict{{"b", 2}, {"a", 1}});
    CHECK_FALSE(Dict{{"a", 1}} == Dict{{"a", 1}, {"b", 2}});
    CHECK_FALSE(Value(List{1, 2}) == Value(List{2, 1}));
    CHECK_FALSE(Value(1) == Value(true));
    CHECK_FALSE(Value(1) == Value(1.0));
}

TEST_CASE("a copied dictionary is its own", "[value]") {
    Dict one{{"a", Dict{{"b", 1}}}};
    Dict other = one;
    other.find("a")->as_dict()->set("b", 2);
    CHECK(*one.find("a")->as_dict()->find("b") == Value(1));
}

}  // namespace lago
