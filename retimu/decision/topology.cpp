// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/topology.hpp"

#include "retimu/core/hash.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr std::size_t near_max = 65'536;

void sort_unique(std::vector<std::uint32_t>& list) {
  std::ranges::sort(list);
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

Topology::Topology(std::span<const TopologyEdge> edges) {
  for (const TopologyEdge& edge : edges) {
    for (const std::string& name : {edge.from, edge.to})
      nodes_.push_back({hash(name), name, {}, {}});
  }
  std::ranges::sort(nodes_, {}, &Node::entity);
  const auto same = [](const Node& a, const Node& b) { return a.entity == b.entity; };
  nodes_.erase(std::unique(nodes_.begin(), nodes_.end(), same), nodes_.end());
  const auto index = [&](const std::string& name) {
    return static_cast<std::uint32_t>(find(hash(name)) - nodes_.data());
  };
  for (const TopologyEdge& edge : edges) {
    const std::uint32_t from = index(edge.from), to = index(edge.to);
    if (from == to) continue;
    nodes_[from].fed.push_back(to);
    nodes_[to].feeding.push_back(from);
  }
  for (Node& node : nodes_) {
    sort_unique(node.fed);
    sort_unique(node.feeding);
  }
}

const Topology::Node* Topology::find(std::uint64_t entity) const {
  const auto at = std::ranges::lower_bound(nodes_, entity, {}, &Node::entity);
  return at == nodes_.end() || at->entity != entity ? nullptr : &*at;
}

bool Topology::knows(std::uint64_t entity) const { return find(entity) != nullptr; }

std::string_view Topology::name(std::uint64_t entity) const {
  const Node* node = find(entity);
  return node == nullptr ? std::string_view() : std::string_view(node->name);
}

std::vector<std::uint64_t> Topology::near(std::uint64_t entity, std::size_t hops,
                                          Direction direction) const {
  std::vector<std::uint64_t> found;
  for (const Near& one : reach(entity, hops, direction)) found.push_back(one.entity);
  return found;
}

std::vector<Topology::Near> Topology::reach(std::uint64_t entity, std::size_t hops,
                                            Direction direction) const {
  std::vector<Near> found;
  const Node* start = find(entity);
  if (start == nullptr) return found;
  std::vector<bool> is_seen(nodes_.size(), false);
  std::vector<std::uint32_t> reached = {static_cast<std::uint32_t>(start - nodes_.data())};
  is_seen[reached[0]] = true;
  const auto visit = [&](const std::vector<std::uint32_t>& next) {
    for (const std::uint32_t node : next) {
      if (is_seen[node] || reached.size() > near_max) continue;
      is_seen[node] = true;
      reached.push_back(node);
    }
  };
  std::size_t done = 0;
  for (std::size_t hop = 0; hop < hops; ++hop) {
    for (const std::size_t end = reached.size(); done < end; ++done) {
      const Node& node = nodes_[reached[done]];
      if (direction != Direction::feeding_it) visit(node.fed);
      if (direction != Direction::fed_by_it) visit(node.feeding);
    }
    for (std::size_t i = done; i < reached.size(); ++i) {
      found.push_back({nodes_[reached[i]].entity, static_cast<std::uint32_t>(hop + 1)});
    }
  }
  std::ranges::sort(found, {}, &Near::entity);
  return found;
}

}  // namespace retimu
