// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/memory.hpp"

#include "retimu/engine/snapshotter.hpp"

namespace retimu {

namespace {

// With its share of the snapshots under way.
std::size_t block_bytes(const Pipeline& pipeline, std::size_t columns, Modalities modalities) {
  constexpr std::size_t name_bytes = 16;
  constexpr std::size_t line = 64;
  const std::size_t block = make_layout(pipeline, columns, modalities).bytes + name_bytes;
  const std::size_t whole = (block + line - 1) / line * line;
  return whole + whole * Snapshotter::under_way_max / group_count;
}

}  // namespace

std::size_t entity_bytes(const Pipeline& pipeline, std::size_t columns) {
  constexpr std::size_t place_bytes = 2 * 2 * sizeof(void*);  // tables are at most half full
  return block_bytes(pipeline, columns, only(Modality::metrics)) + place_bytes;
}

std::size_t modality_bytes(const Pipeline& pipeline, Modality modality) {
  if (!has(pipeline.judged(), modality)) return 0;
  const Modalities metrics = only(Modality::metrics);
  const auto both = static_cast<Modalities>(metrics | only(modality));
  return block_bytes(pipeline, 1, both) - block_bytes(pipeline, 1, metrics);
}

std::size_t fixed_bytes(std::size_t shards) {
  constexpr std::size_t batches = 6UL * 1024 * 1024;
  constexpr std::size_t process = 12UL * 1024 * 1024;
  constexpr std::size_t per_shard = 1UL * 1024 * 1024;
  return process + batches + shards * per_shard;
}

}  // namespace retimu
