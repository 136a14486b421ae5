// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/value.hpp"

#include <algorithm>

namespace lago {

namespace {
// Below this a linear search is faster than hashing.
constexpr std::size_t index_from = 32;
}  // namespace

Dict::Dict() = default;
Dict::Dict(const Dict&) = default;
Dict::Dict(Dict&&) noexcept = default;
Dict& Dict::operator=(const Dict&) = default;
Dict& Dict::operator=(Dict&&) noexcept = default;
Dict::~Dict() = default;

Dict::Dict(std::initializer_list<Item> items) {
    for (const Item& item : items) set(item.first, item.second);
}

const Value* Dict::find(std::string_view key) const {
    if (items_.size() >= index_from && index_.size() == items_.size()) {
        const auto found = index_.find(std::string(key));
        return found == index_.end() ? nullptr : &items_[found->second].second;
    }
    const auto found =
        std::ranges::find(items_, key, [](const Item& item) -> std::string_view { return item.first; });
    return found == items_.end() ? nullptr : &found->second;
}

Value* Dict::find(std::string_view key) {
    return const_cast<Value*>(std::as_const(*this).find(key));
}

Value& Dict::set(std::string key, Value value) {
    if (Value* present = find(key)) return *present = std::move(value);
    items_.emplace_back(std::move(key), std::move(value));
    if (items_.size() == index_from)
        reindex();
    else if (items_.size() > index_from)
        index_.emplace(items_.back().first, items_.size() - 1);
    return items_.back().second;
}

bool Dict::erase(std::string_view key) {
    const auto removed = std::erase_if(items_, [&](const Item& item) { return item.first == key; });
    if (removed != 0) reindex();
    return removed != 0;
}

std::size_t Dict::size() const {
    return items_.size();
}

void Dict::reindex() {
    index_.clear();
    if (items_.size() < index_from) return;
    for (std::size_t place = 0; place < items_.size(); ++place) index_.emplace(items_[place].first, place);
}

bool Dict::operator==(const Dict& other) const {
    return size() == other.size() && std::ranges::all_of(items_, [&](const Item& item) {
               const Value* twin = other.find(item.first);
               return twin != nullptr && *twin == item.second;
           });
}

bool Value::operator==(const Value& other) const {
    return data_ == other.data_;
}

Value list_of(const std::vector<std::string>& strings) {
    return List(strings.begin(), strings.end());
}

}  // namespace lago
