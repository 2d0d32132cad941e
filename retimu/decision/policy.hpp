// SPDX-License-Identifier: Apache-2.0
// Policy: from the evidence of one entity to episodes. Evidence is E = -log10 p in decades.
//
//              enough samples             E >= threshold, not held back
//   ┌─────────┐               ┌───────┐  raised               ┌───────────┐
//   │ warming │──────────────▶│ usual │──────────────────────▶│ anomalous │
//   └─────────┘               └───────┘◀──────────────────────└───────────┘
//    learns                    learns ▲  resolved: 16 calm      │ learns nothing
//    tells nothing                    │  events, or silence     │
//                                     │                         │ `shift_after` anomalous events
//                            resolved │                         ▼ updated, change point
//                                     │                   ┌─────────┐
//                                     └───────────────────│ shifted │
//                                       as above          └─────────┘ learns the new level
//
// `warming` goes to `usual` and on to `anomalous` in one event if that event is strange. A level shift is one alert:
// raised, updated once as a shift, resolved when the detectors know the new level.
//
// - Threshold. Own evidence (default): `threshold` + 0.2 per recent episode, which wears off over 4,000 events
//   (fatigue). With a budget: what budget.hpp says; then fatigue is the budget's relief.
// - An episode is calm below half of what raised it, and ends after 16 calm events in a row or when the
//   entity is silent for `resolve_after`, by default 64 of its own usual intervals, 1 minute to 1 day.
// - Held back is what reaches the threshold within `quiet_events` of the last such event or within `cooldown` of the
//   last raised episode, unless it is 2 decades louder than the last episode's peak, or, outside the cool-down,
//   the eighth in a row of such: a fault that came back to stay is told again.
// - Severity is the peak's excess over the threshold, in decades, plus half a decade for every doubling of anomalous
//   events: warning below 1.5, minor below 3, major below 6, critical. It only rises, and is told when it does.
// - Learning: nothing while anomalous; again once shifted. Calibrations learn from every usual event and from an
//   episode's first, then not until it ends: whether an event is left out does not depend on its own score, so
//   honest heavy tails stay honest, and a long fault teaches one event. They learn again when a shift
//   has lasted 4 `shift_after`, so that no episode lasts for ever.
// - Late events are judged, but move no clock and count as calm for nobody.
//
// State: 112 bytes an entity, 416 with a budget. Time of a call: some ns.
#ifndef RETIMU_DECISION_POLICY_HPP
#define RETIMU_DECISION_POLICY_HPP

#include "retimu/core/decision.hpp"

#include <memory>

namespace retimu {

struct PolicyOptions {
  double threshold = 3.5;      // decades, 1 to 300; without a budget
  double budget_per_day = 0;   // episodes of the whole pipeline; 0: none stated
  Duration cooldown = 0;       // >= 0
  Duration resolve_after = 0;  // > 0, or 0: from the entity's own intervals
  std::uint32_t shift_after = 64;   // anomalous events, 1 to 1e6
  std::uint32_t quiet_events = 100;  // 0 to 1e6
};

std::unique_ptr<Policy> make_policy(const PolicyOptions& options);

}  // namespace retimu

#endif
