// SPDX-License-Identifier: Apache-2.0
// All that an engine has learned: the state of every group, and of the reader with what it knows of
// the fleet. What a snapshot of everything at one moment would hold, but for positions of sources.
#ifndef RETIMU_ENGINE_LEARNED_STATE_HPP
#define RETIMU_ENGINE_LEARNED_STATE_HPP

#include "retimu/core/event.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace retimu {

struct LearnedState {
  std::uint64_t sequence = 0;        // first event that is not in it
  std::vector<std::byte> admission;  // the reader's, see Admission::visit
  std::vector<std::byte> fleet;      // templates and the fleet's readings; empty: none
  std::array<std::vector<std::byte>, group_count> groups;  // see Group::save
};

// How a pipeline that runs went on with one.
struct TakenOver {
  std::uint64_t entities = 0;  // that it knew, and that the state knows with the same columns
  std::uint64_t kept = 0;      // with other columns: they go on with what they learned themselves
  std::uint64_t added = 0;     // that it did not know
  std::uint64_t unknown = 0;   // in memory, that the state does not know: the same as `kept`
  TakenOver& operator+=(const TakenOver& other) {
    entities += other.entities;
    kept += other.kept;
    added += other.added;
    unknown += other.unknown;
    return *this;
  }
};

}  // namespace retimu

#endif
