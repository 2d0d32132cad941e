// SPDX-License-Identifier: Apache-2.0
// What the policy keeps of one modality of an entity.
#ifndef RETIMU_DECISION_POLICY_STATE_HPP
#define RETIMU_DECISION_POLICY_STATE_HPP

#include "retimu/core/decision.hpp"
#include "retimu/decision/change_point.hpp"
#include "retimu/decision/disturbance.hpp"

namespace retimu {

// Plain; without a budget.
struct EntityState {
  static constexpr std::uint32_t intervals_max = 64;  // over which the usual interval fades

  double fatigue = 0;    // recent episodes
  double peak = 0;       // evidence of the open or last episode
  double raised_at = 0;  // threshold that the open episode reached
  double interval = 0;   // usual, ns
  Time latest = time_none, raised = time_none;
  Time onset = time_none;            // of the open episode, or of what may become one
  Time ended = 0;                    // last event of the episode that is not calm
  std::uint32_t intervals = 0;       // known, up to intervals_max
  std::uint32_t since = UINT32_MAX;  // events since the last episode was raised
  std::uint32_t anomalous = 0;       // events of the open episode
  std::uint32_t shifted = 0;         // events since the shift was told
  std::uint32_t calm = 0;            // in a row
  std::uint32_t held_back = 0;       // events, since the last one that was not unusual
  Phase phase = Phase::warming;
  Severity severity = Severity::cleared;
  bool is_counted = false;  // in FleetSums::entities
  bool is_silent = false;   // the open episode is that no event comes: only one ends it
  ChangePoint change_point;
  Disturbance disturbance;

  bool is_open() const { return phase == Phase::anomalous || phase == Phase::shifted; }
  void visit(StateVisitor& visitor);
};

}  // namespace retimu

#endif
