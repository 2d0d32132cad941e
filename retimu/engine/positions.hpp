// SPDX-License-Identifier: Apache-2.0
// Positions of a source as they lie in a stored admission state.
#ifndef RETIMU_ENGINE_POSITIONS_HPP
#define RETIMU_ENGINE_POSITIONS_HPP

#include "retimu/core/event.hpp"
#include "retimu/core/state.hpp"

#include <vector>

namespace retimu {

inline void visit_position(StateVisitor& visitor, Position& position) {
  visitor.cell("partition", position.partition);
  visitor.cell("offset", position.offset);
}

inline void write_positions(StateVisitor& writer, std::vector<Position> positions) {
  writer.count("positions", positions.size(), UINT32_MAX);
  for (Position& position : positions) visit_position(writer, position);
}

inline std::vector<Position> read_positions(StateVisitor& reader) {
  std::vector<Position> positions;
  const std::size_t count = reader.count("positions", 0, UINT32_MAX);
  for (std::size_t i = 0; i < count && !reader.failed(); ++i) {
    visit_position(reader, positions.emplace_back());
  }
  return positions;
}

}  // namespace retimu

#endif
