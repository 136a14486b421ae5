// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace lago {

class Value;
using List = std::vector<Value>;

/// A whole number as it stood in the JSON: Python's integers have no upper bound, so the digits are kept.
struct Integer {
    std::string text;                   ///< decimal digits, with a leading minus where negative
    std::optional<std::int64_t> value;  ///< absent where the number does not fit
    bool operator==(const Integer& other) const { return text == other.text; }
};

/// A dictionary that keeps the order of its keys, as Python's does. A key that comes again replaces the
/// value.
class Dict {
public:
    using Item = std::pair<std::string, Value>;

    Dict();
    Dict(std::initializer_list<Item> items);
    Dict(const Dict&);
    Dict(Dict&&) noexcept;
    Dict& operator=(const Dict&);
    Dict& operator=(Dict&&) noexcept;
    ~Dict();

    /// The value under `key`, or nullptr.
    const Value* find(std::string_view key) const;
    Value* find(std::string_view key);
    bool contains(std::string_view key) const { return find(key) != nullptr; }
    /// Adds or replaces; an existing key keeps its place.
    Value& set(std::string key, Value value);
    /// Removes `key`; false where it is not there.
    bool erase(std::string_view key);

    std::size_t size() const;
    bool empty() const { return size() == 0; }
    const std::vector<Item>& items() const { return items_; }
    std::vector<Item>& items() { return items_; }
    bool operator==(const Dict& other) const;

private:
    void reindex();
    std::vector<Item> items_;
    std::unordered_map<std::string, std::size_t> index_;  // only filled for large dictionaries
};

/// What JSON can hold when Python wrote it: NaN and infinities, integers of any size, text that is not valid
/// UTF-8 (a lone surrogate is kept as its three-byte form).
class Value {
public:
    Value() = default;
    Value(std::nullptr_t) {}
    Value(bool flag) : data_(flag) {}
    Value(int number) : Value(static_cast<std::int64_t>(number)) {}
    Value(std::int64_t number) : data_(Integer{std::to_string(number), number}) {}
    Value(Integer number) : data_(std::move(number)) {}
    Value(double number) : data_(number) {}
    Value(const char* text) : data_(std::string(text)) {}
    Value(std::string_view text) : data_(std::string(text)) {}
    Value(std::string text) : data_(std::move(text)) {}
    Value(List list) : data_(std::move(list)) {}
    Value(Dict dict) : data_(std::move(dict)) {}

    bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
    const bool* as_bool() const { return std::get_if<bool>(&data_); }
    const Integer* as_integer() const { return std::get_if<Integer>(&data_); }
    const double* as_real() const { return std::get_if<double>(&data_); }
    const std::string* as_string() const { return std::get_if<std::string>(&data_); }
    const List* as_list() const { return std::get_if<List>(&data_); }
    const Dict* as_dict() const { return std::get_if<Dict>(&data_); }
    std::string* as_string() { return std::get_if<std::string>(&data_); }
    List* as_list() { return std::get_if<List>(&data_); }
    Dict* as_dict() { return std::get_if<Dict>(&data_); }

    bool operator==(const Value& other) const;

private:
    std::variant<std::monostate, bool, Integer, double, std::string, List, Dict> data_;
};

/// A list of strings as a Value.
Value list_of(const std::vector<std::string>& strings);

}  // namespace lago
