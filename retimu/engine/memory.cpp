// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/memory.hpp"

#include "retimu/engine/snapshotter.hpp"

namespace retimu {

std::size_t entity_bytes(const Pipeline& pipeline, std::size_t columns) {
  constexpr std::size_t name_bytes = 16;
  constexpr std::size_t line = 64;
  constexpr std::size_t place_bytes = 2 * 2 * sizeof(void*);  // tables are at most half full
  const std::size_t block =
      make_layout(pipeline, columns, only(Modality::metrics)).bytes + name_bytes;
  const std::size_t whole = (block + line - 1) / line * line;
  return whole + whole * Snapshotter::under_way_max / group_count + place_bytes;
}

std::size_t fixed_bytes(std::size_t shards) {
  constexpr std::size_t batches = 6UL * 1024 * 1024;
  constexpr std::size_t process = 12UL * 1024 * 1024;
  constexpr std::size_t per_shard = 1UL * 1024 * 1024;
  return process + batches + shards * per_shard;
}

}  // namespace retimu
