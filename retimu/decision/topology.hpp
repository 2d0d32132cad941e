// SPDX-License-Identifier: Apache-2.0
// Which entities stand next to each other, and which feed which: a switch its servers, a database
// the services that ask it. Entities by the hashes of their names; plain adjacency, built once.
#ifndef RETIMU_DECISION_TOPOLOGY_HPP
#define RETIMU_DECISION_TOPOLOGY_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace retimu {

// What fails at `from` is felt at `to`.
struct TopologyEdge {
  std::string from, to;
  friend bool operator==(const TopologyEdge&, const TopologyEdge&) = default;
};

class Topology {
 public:
  Topology() = default;
  // Edges that are named twice, and of an entity to itself, count once and not at all.
  explicit Topology(std::span<const TopologyEdge> edges);

  std::size_t size() const { return nodes_.size(); }  // entities
  bool is_empty() const { return nodes_.empty(); }
  bool knows(std::uint64_t entity) const;
  std::string_view name(std::uint64_t entity) const;  // empty: not known

  enum class Direction : std::uint8_t { any, fed_by_it, feeding_it };
  struct Near {
    std::uint64_t entity = 0;
    std::uint32_t hops = 0;  // the fewest
  };
  // The entities at most `hops` edges away, itself not among them; ascending. At most 65,536, the
  // nearest; empty if it is not known. Cost: the edges of what is found.
  std::vector<std::uint64_t> near(std::uint64_t entity, std::size_t hops,
                                  Direction direction = Direction::any) const;
  // The same, with how far each is away.
  std::vector<Near> reach(std::uint64_t entity, std::size_t hops,
                          Direction direction = Direction::any) const;

 private:
  struct Node {
    std::uint64_t entity = 0;
    std::string name;
    std::vector<std::uint32_t> fed, feeding;  // indices of nodes, ascending
  };
  const Node* find(std::uint64_t entity) const;
  std::vector<Node> nodes_;  // ascending by entity
};

}  // namespace retimu

#endif
