// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/topology.hpp"

#include "retimu/core/hash.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace retimu {
namespace {

using Direction = Topology::Direction;

std::set<std::string> near(const Topology& topology, std::string_view entity, std::size_t hops,
                           Direction direction = Direction::any) {
  std::set<std::string> names;
  for (const std::uint64_t found : topology.near(hash(entity), hops, direction)) {
    names.emplace(topology.name(found));
  }
  return names;
}

TEST(Topology, FindsWhatIsNear) {
  const std::vector<TopologyEdge> edges = {
      {"core", "switch1"}, {"core", "switch2"}, {"switch1", "web1"}, {"switch1", "web2"},
      {"switch2", "db"},   {"switch1", "web1"}, {"web1", "web1"}};
  const Topology topology(edges);
  using Names = std::set<std::string>;
  EXPECT_EQ(near(topology, "web1", 1), (Names{"switch1"}));
  EXPECT_EQ(near(topology, "web1", 2), (Names{"switch1", "web2", "core"}));
  EXPECT_EQ(near(topology, "core", 2, Direction::fed_by_it),
            (Names{"switch1", "switch2", "web1", "web2", "db"}));
  EXPECT_EQ(near(topology, "db", 2, Direction::feeding_it), (Names{"switch2", "core"}));
  EXPECT_EQ(near(topology, "db", 1, Direction::fed_by_it), Names());
  EXPECT_EQ(near(topology, "stranger", 5), Names());
  EXPECT_TRUE(topology.knows(hash("db")));
  EXPECT_FALSE(topology.knows(hash("stranger")));
}

TEST(Topology, TellsHowFar) {
  const std::vector<TopologyEdge> edges = {
      {"core", "switch"}, {"switch", "web"}, {"core", "web"}, {"web", "user"}};
  const Topology topology(edges);
  std::map<std::string, std::uint32_t> hops;
  for (const auto& near : topology.reach(hash("core"), 3, Direction::fed_by_it)) {
    hops[std::string(topology.name(near.entity))] = near.hops;
  }
  EXPECT_EQ(hops, (std::map<std::string, std::uint32_t>{{"switch", 1}, {"web", 1}, {"user", 2}}));
}

TEST(Topology, ARingEnds) {
  const std::vector<TopologyEdge> edges = {{"a", "b"}, {"b", "c"}, {"c", "a"}};
  EXPECT_EQ(near(Topology(edges), "a", 9), (std::set<std::string>{"b", "c"}));
}

TEST(Topology, MayBeEmpty) {
  const Topology topology;
  EXPECT_TRUE(topology.is_empty());
  EXPECT_TRUE(topology.near(hash("a"), 3).empty());
}

}  // namespace
}  // namespace retimu
