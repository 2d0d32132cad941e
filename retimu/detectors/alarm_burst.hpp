// SPDX-License-Identifier: Apache-2.0
// More alarms of other systems in a minute than usual, of one code or of all.
//
// The alarms of the running minute against the usual number, which fades over a day: half the
// deviance of a Poisson count, which is the logarithm of the ratio of its likelihoods; the larger
// of that of the code and that of all. As alarms come in crowds, how unusual a burst is, is told by
// the entity's own bursts: the evidence is log10 of the minutes from one as great as this to the
// next, where doubled deviance is greater (return_period.hpp). It raises an alert if that is half
// a day or more, whatever else goes on. Nothing new is said of a burst for ten minutes, unless it
// grows.
//
// Score: half the deviance, nats. The return period is that of Gumbel, "The return period of flood
// flows", 1941, here without a distribution.
// Cost: 180 ns an alarm. Memory: 1 KB, and 180 bytes a code, at most 1,024; shared with rare_alarm
// and alarm_severity.
// Blind to: bursts that are usual for the entity; fewer alarms than usual; what grows over days.
#ifndef RETIMU_DETECTORS_ALARM_BURST_HPP
#define RETIMU_DETECTORS_ALARM_BURST_HPP

#include "retimu/core/event_detector.hpp"
#include "retimu/detectors/alarm_codes.hpp"

namespace retimu {

struct AlarmBurst {
  static constexpr std::uint32_t version = AlarmCodes::version;
  static constexpr bool is_sure = true;

  using State = AlarmCodes::State;
  using Work = AlarmCodes::Work;

  double score(const State& state, const Observation& observation, Work& work) const;
  double own_threshold(double /*alarms_a_day*/) const { return alarm_threshold; }
  double evidence(const Work& work) const { return decades_of(work.burst_minutes); }
  void learn(State& state, const Observation& observation, const Work& work) const {
    AlarmCodes::learn(state, observation, work);
  }
  void explain(const State& state, const Observation& observation, const Work& work,
               std::vector<Reason>& to) const;
  void visit(State& state, StateVisitor& visitor) const { AlarmCodes::visit(state, visitor); }
};

DetectorEntry alarm_burst_entry();

}  // namespace retimu

#endif
