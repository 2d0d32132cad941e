// SPDX-License-Identifier: Apache-2.0
// Disturbance: a fault that lasts, though no single event of it is rare enough for an alert. The
// evidence of the detector that ranks is smoothed over ten events; from 2 decades on that raises
// an episode, which goes on down to 1.2, or to 2 once it has been told as a shift: below that it
// says nothing. A detector that judges by evidence of its own has no part in it.
//
// From 1.4 decades on the entity is disturbed. On independent calm evidence, which has a mean of
// 0.43 and so smoothed a standard deviation of 0.1, that never comes about by chance; on made
// plants 1.4 as a reason for alerts doubled the false ones, and 2 adds a tenth.
// While it lasts the calibration of that detector does not learn, or p would get used to the fault
// before it is over: 300 rows of it are half of what a detector knows after a short training. But
// for 400 events at most, as the new state may be there to stay. What an event leaves out does
// hardly depend on its own score, a tenth of which is in the smoothed evidence.
// Cost: 2 ns an event, 16 bytes.
#ifndef RETIMU_DECISION_DISTURBANCE_HPP
#define RETIMU_DECISION_DISTURBANCE_HPP

#include <algorithm>
#include <cstdint>

namespace retimu {

struct Disturbance {
  static constexpr double share = 0.1;                 // of the newest event
  static constexpr double evidence_max = 6;            // decades; one event alone is not enough
  static constexpr double least = 1.4;                 // decades
  static constexpr double raises = 2, ends = 1.2;      // decades, an episode
  static constexpr std::uint32_t patience = 400;       // events
  static constexpr std::uint32_t events_forgiven = 2;  // by a calm one

  double level = 0;          // smoothed evidence, decades, 0 to evidence_max
  std::uint32_t events = 0;  // disturbed ones, less what calm ones forgave; up to patience + 1

  void add(double evidence) {
    level += share * (std::clamp(evidence, 0.0, evidence_max) - level);
    if (is_there()) {
      events = std::min(events + 1, patience + 1);
    } else {
      events -= std::min(events, events_forgiven);
    }
  }
  bool is_valid() const { return level >= 0 && level <= evidence_max && events <= patience + 1; }
  bool is_there() const { return level >= least; }
  // Decades over the threshold, of which an episode ends one below.
  double excess() const { return (level - raises) / (raises - ends); }
  bool may_calibrate() const { return !is_there() || events > patience; }
};

}  // namespace retimu

#endif
