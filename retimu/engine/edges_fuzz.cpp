// SPDX-License-Identifier: Apache-2.0
// Any bytes as a file of edges: refused with the line, or written and read again as the same; and
// as a topology whose neighbours know each other.
#include "retimu/core/hash.hpp"
#include "retimu/engine/configuration_topology.hpp"

#include <algorithm>

namespace {

using namespace retimu;

std::string csv_text(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

void check_topology(const std::vector<TopologyEdge>& edges) {
  const Topology topology(edges);
  for (const TopologyEdge& edge : edges) {
    const std::uint64_t from = hash(edge.from), to = hash(edge.to);
    RETIMU_ASSERT(topology.name(from) == edge.from && topology.knows(to));
    if (from == to) continue;
    const auto fed = topology.near(from, 1, Topology::Direction::fed_by_it);
    const auto feeding = topology.near(to, 1, Topology::Direction::feeding_it);
    RETIMU_ASSERT(std::ranges::binary_search(fed, to) && std::ranges::binary_search(feeding, from));
    const auto any = topology.near(from, 3);
    RETIMU_ASSERT(std::ranges::binary_search(any, to) && !std::ranges::binary_search(any, from));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<TopologyEdge> edges, again;
  const Result<void> parsed =
      parse_edges({reinterpret_cast<const char*>(data), size}, "e.csv", edges);
  if (!parsed) {
    RETIMU_ASSERT(parsed.error().fault == Fault::usage);
    RETIMU_ASSERT(parsed.error().message.starts_with("e.csv:"));
    return 0;
  }
  std::string text = "from,to\n";
  for (const TopologyEdge& edge : edges) {
    text += csv_text(edge.from) + "," + csv_text(edge.to) + "\n";
  }
  RETIMU_ASSERT(parse_edges(text, "e.csv", again) && again == edges);
  check_topology(edges);
  return 0;
}
