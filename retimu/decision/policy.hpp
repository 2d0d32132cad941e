// SPDX-License-Identifier: Apache-2.0
// Policy: from the evidence of one entity to episodes. Evidence is E = -log10 p in decades.
//
// clang-format off
//             32 samples              E >= threshold, and
//   +---------+ or more   +---------+ not held back: raised +-----------+
//   | warming |---------->|  usual  |---------------------->| anomalous |
//   +---------+           +---------+                       +-----------+
//    learns,                learns ^ ^  16 calm events or       |  |  learns nothing
//    tells nothing                 | |  silence: resolved       |  |
//                                  | +--------------------------+  | `shift_after` anomalous
//                                  |                               v events: updated, once
//                                  |  the same: resolved      +---------+
//                                  +--------------------------| shifted |
//                                                             +---------+
//                                                              learns the new level
// clang-format on
//
// One strange event may lead from `warming` at once to `anomalous`. A level shift is one alert:
// raised, updated once as a shift, resolved when the detectors know the new level.
//
// - Threshold. By default: as rare as one usual event of the entity in ten days, by its
//   usual interval, 3.5 to 6 decades; or `threshold`, where stated. Each recent episode that came
//   outside the quiet time adds 0.2, which wears off over 4,000 events (fatigue). With a budget:
//   what budget.hpp says; then the budget's relief is the fatigue. A detector's own evidence that
//   reaches its own threshold counts as p that reaches the usual one, and as much more as it
//   exceeds it by. So does evidence of the detector that ranks that has been high for a while
//   (disturbance.hpp). The largest of the three decides.
// - Evidence that stands for itself (Detector::is_sure) and reaches its own threshold counts while
//   warming and beside a budget, whose token bucket still holds it, and is not held back. Of an
//   open episode it is an update.
// - Several modalities. Evidence of half the threshold or more counts together with such evidence
//   of other modalities shortly before, as the product of independent p-values.
// - An event is unusual from one decade below the threshold on, or from half of it if that is more.
// - Onset. The first of the unusual events in a row, up to the one that raised the episode.
// - An event of an episode is calm when it is not unusual by the threshold that raised the episode.
//   The episode ends after 16 calm events in a row, or when the entity is silent for
//   `resolve_after`, by default 64 of its own usual intervals, 1 minute to 1 day.
// - An episode that no event came (a tick raised it) ends by events only.
// - Held back is what reaches the threshold within `quiet_events` or `cooldown` of the event that
//   raised the last episode; unless it is 2 decades louder than that episode's peak, or, outside
//   the cool-down, the eighth without one in between that is not unusual: a fault that came back to
//   stay is told again.
// - Severity is the peak's excess over the threshold, in decades, plus half a decade for every
//   doubling of anomalous events: warning below 1.5, minor below 3, major below 6, critical. It
//   only rises, and is told when it does. An unusual alarm's own severity is the least.
// - Learning: nothing while anomalous, again once shifted. What is held back isn't learned either,
//   up to `shift_after` of it. Calibrations learn every usual event and the first of an episode,
//   then nothing until it ends: whether an event is left out does not depend on its own score, so
//   honest heavy tails stay honest, and a long fault teaches one event. When a shift has lasted 4
//   `shift_after` they learn again, so that no episode lasts for ever.
// - Change points are where the behaviour changed and stays changed, onset and return alike
//   (change_point.hpp), and where a shift is adopted. They go beside the episodes and change none.
// - Late events are judged but move no clock: they can raise or prolong an episode, not calm one,
//   and have no part in change points.
//
// The default threshold was chosen once for all data (benchmarks/decision.cpp): on noise of every
// kind tried 1 to 4 episodes in 10,000 readings, and after 500 readings 19 of 20 spikes of 8 and
// level shifts of 4 standard deviations on normal and autocorrelated noise.
// Cost: 20 ns an event; 128 bytes an entity, 400 with a budget.
// Blind: what comes again within `quiet_events` and is not louder is told once.
#ifndef RETIMU_DECISION_POLICY_HPP
#define RETIMU_DECISION_POLICY_HPP

#include "retimu/core/decision.hpp"

#include <memory>

namespace retimu {

struct PolicyOptions {
  double threshold = 0;              // decades, 1 to 300; 0: by the entity's usual interval
  double budget_per_day = 0;         // episodes of the whole pipeline; 0: none stated
  Duration cooldown = 0;             // >= 0
  Duration resolve_after = 0;        // > 0, or 0: from the entity's own intervals
  std::uint32_t shift_after = 64;    // anomalous events, 1 to 1e6
  std::uint32_t quiet_events = 100;  // 0 to 1e6
};

std::unique_ptr<Policy> make_policy(const PolicyOptions& options);

}  // namespace retimu

#endif
