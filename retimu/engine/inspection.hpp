// SPDX-License-Identifier: Apache-2.0
// A data_dir looked into from outside, also while a pipeline runs on it: what its last snapshot
// holds.
#ifndef RETIMU_ENGINE_INSPECTION_HPP
#define RETIMU_ENGINE_INSPECTION_HPP

#include "retimu/core/source.hpp"
#include "retimu/core/store.hpp"
#include "retimu/engine/group.hpp"
#include "retimu/engine/probe.hpp"

#include <map>
#include <string>
#include <vector>

namespace retimu {

struct NamedPosition {
  std::string partition;     // its name, or its number in hexadecimals where it is read no more
  std::uint64_t offset = 0;  // of what comes next
};

struct Inspection {
  StoreSummary store;
  std::uint64_t sequence = 0;                  // records that every group has judged
  Time clock = time_none;                      // event time that the pipeline had come to
  std::uint64_t held_back = 0;                 // episodes, by the budget
  std::vector<NamedPosition> positions;        // of the source at `sequence`
  std::vector<EntityReport> entities;          // in memory and evicted, ordered by name
  std::vector<Tried> tried;                    // each detector on copies of at most 256 entities
  std::uint64_t digest = 0;                    // of all entities: independent of their order
  std::vector<MaintenanceWindow> maintenance;  // asked for by people and not over yet
  std::map<std::string, std::vector<Tolerance>> tolerances;  // false alarms, by entity
};

Result<Inspection> inspect(const std::string& data_dir);

// Sum over entities of a hash of (name, digest).
std::uint64_t digest_of(const std::vector<EntityReport>& entities);

}  // namespace retimu

#endif
