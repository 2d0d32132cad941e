// SPDX-License-Identifier: Apache-2.0
// What a pipeline will need, before it starts.
#ifndef RETIMU_ENGINE_MEMORY_HPP
#define RETIMU_ENGINE_MEMORY_HPP

#include "retimu/engine/pipeline.hpp"

namespace retimu {

// Bytes of one entity with so many columns: its block, its place in the table and a name of 16
// bytes.
std::size_t entity_bytes(const Pipeline& pipeline, std::size_t columns);

// Bytes more if it sends events of that modality, too; beside them grows what is known of its
// messages or codes, as the detectors' pages say. 0: nothing judges them.
std::size_t modality_bytes(const Pipeline& pipeline, Modality modality);

// Bytes that do not depend on entities: batches, rounds and queues of a usual run.
std::size_t fixed_bytes(std::size_t shards);

}  // namespace retimu

#endif
