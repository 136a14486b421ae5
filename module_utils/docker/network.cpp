// SPDX-License-Identifier: GPL-3.0-or-later
#include "docker/network.hpp"

#include <algorithm>

#include "docker/answers.hpp"

namespace lago::docker {

namespace {

bool flag_in(const Value& answer, std::string_view key) {
    const Value* found = inside(answer, key);
    const bool* flag = found == nullptr ? nullptr : found->as_bool();
    return flag != nullptr && *flag;
}

Dict dict_of(const std::map<std::string, std::string>& texts) {
    Dict dict;
    for (const auto& [name, text] : texts) dict.set(name, text);
    return dict;
}

}  // namespace

std::expected<Network, ReachError> parse_network(const Value& answer) {
    Network network{.id = text_in(answer, "Id"),
                    .name = text_in(answer, "Name"),
                    .driver = text_in(answer, "Driver"),
                    .options = texts_by_name(inside(answer, "Options")),
                    .ipv6 = flag_in(answer, "EnableIPv6"),
                    .internal = flag_in(answer, "Internal"),
                    .labels = texts_by_name(inside(answer, "Labels"))};
    if (network.id.empty() || network.name.empty()) return garbage("a network has no Id or Name");
    return network;
}

std::expected<std::vector<Network>, ReachError> list_networks(const Engine& engine, Deadline deadline) {
    const auto answer = engine.get("/networks", deadline);
    if (!answer) return std::unexpected(answer.error());
    const List* listed = answer->body.as_list();
    if (listed == nullptr) return garbage("the list of networks is no list");
    std::vector<Network> networks;
    for (const Value& item : *listed) {
        auto network = parse_network(item);
        if (!network) return std::unexpected(std::move(network.error()));
        networks.push_back(std::move(*network));
    }
    return networks;
}

std::expected<std::vector<std::string>, ReachError> containers_in(const Engine& engine,
                                                                  const std::string& network_id,
                                                                  Deadline deadline) {
    const auto answer = engine.get("/networks/" + network_id, deadline);
    if (!answer) return std::unexpected(answer.error());
    std::vector<std::string> names;
    const Value* found = inside(answer->body, "Containers");
    if (found == nullptr || found->as_dict() == nullptr) return names;
    for (const auto& [id, container] : found->as_dict()->items()) {
        const std::string name = text_in(container, "Name");
        names.push_back(name.empty() ? id : name);
    }
    std::ranges::sort(names);
    return names;
}

std::expected<std::string, ReachError> create_network(const Engine& engine, const Network& network,
                                                      Deadline deadline) {
    const Dict body{
        {"Name", network.name},
        {"CheckDuplicate", true},  // before 25.0 an Engine makes a second one of that name without
        {"Driver", network.driver},
        {"Options", dict_of(network.options)},
        {"EnableIPv6", network.ipv6},
        {"Internal", network.internal},
        {"Labels", dict_of(network.labels)}};
    const auto answer = engine.post("/networks/create", body, deadline);
    if (!answer) return std::unexpected(answer.error());
    std::string id = text_in(answer->body, "Id");
    if (id.empty()) return garbage("a new network has no Id");
    return id;
}

}  // namespace lago::docker
