// SPDX-License-Identifier: Apache-2.0
// An alarm of another system whose code seldom comes from the entity.
//
// Evidence: log10 of the minutes from one alarm as rare as this to the next (return_period.hpp),
// for codes that are new, or that came once, up to three or up to seven times in the last month or
// so; an entity that sends something new all the time so says little with it. What is folded
// (alarm_codes.hpp) says nothing new, nor does a clear. It raises an alert if that is half a
// day or more, so that an entity is watched for as long before it is heard; then it is told
// whatever else goes on.
//
// Score: -ln of the share of the code among the entity's alarms. Rank: that, and ln(1 + half
// the deviance) of its code (see alarm_burst): an alarm ranks high if it is rare, or comes in a
// crowd (docs/research/quality.md). How long it takes until something comes again is the return
// period of Gumbel, "The return period of flood flows", 1941. Cost: 180 ns an alarm. Memory: 1 KB,
// and 180 bytes a code, at most 1,024; shared with alarm_burst and alarm_severity. Blind to: what
// came eight times in a month; a code that hides what matters in its text.
#ifndef RETIMU_DETECTORS_RARE_ALARM_HPP
#define RETIMU_DETECTORS_RARE_ALARM_HPP

#include "retimu/core/event_detector.hpp"
#include "retimu/detectors/alarm_codes.hpp"

namespace retimu {

struct RareAlarm {
  static constexpr std::uint32_t version = AlarmCodes::version;
  static constexpr bool is_sure = true;

  using State = AlarmCodes::State;
  using Work = AlarmCodes::Work;

  double score(const State& state, const Observation& observation, Work& work) const;
  double own_threshold(double /*alarms_a_day*/) const { return alarm_threshold; }
  double evidence(const Work& work) const { return decades_of(work.rare_minutes); }
  double rank(const Work& work) const;
  void learn(State& state, const Observation& observation, const Work& work) const {
    AlarmCodes::learn(state, observation, work);
  }
  void explain(const State& state, const Observation& observation, const Work& work,
               std::vector<Reason>& to) const;
  void visit(State& state, StateVisitor& visitor) const { AlarmCodes::visit(state, visitor); }
};

DetectorEntry rare_alarm_entry();

}  // namespace retimu

#endif
