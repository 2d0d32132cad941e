// SPDX-License-Identifier: Apache-2.0
// An alarm of another system that says of itself that it is severe: a rule, not learned.
//
// From `least` on, an alarm raises an alert at once, whatever was usual before, also of an entity
// that is new, and is told of an episode that is open already. The alert is no less severe than the
// alarm. What is folded (alarm_codes.hpp) is not told again, but prolongs the episode. A clear
// raises nothing; a minute after all alarms that an episode rests on are cleared, it is over.
//
// Score: the severity as its number, 1 indeterminate to 5 critical. The steps are those of ITU-T
// X.733 (1992).
// Cost: 180 ns an alarm. Memory: 1 KB, and 180 bytes a code, at most 1,024; shared with rare_alarm
// and alarm_burst.
// Blind to: alarms without a severity, and systems that call everything critical.
#ifndef RETIMU_DETECTORS_ALARM_SEVERITY_HPP
#define RETIMU_DETECTORS_ALARM_SEVERITY_HPP

#include "retimu/core/event_detector.hpp"
#include "retimu/detectors/alarm_codes.hpp"

namespace retimu {

struct AlarmSeverity {
  static constexpr std::uint32_t version = AlarmCodes::version;
  static constexpr bool is_sure = true;

  std::uint8_t least = static_cast<std::uint8_t>(Severity::major);  // of the alarms that raise

  using State = AlarmCodes::State;
  using Work = AlarmCodes::Work;

  static constexpr double threshold = 3;      // decades
  static constexpr double when_folded = 0.5;  // below it: unusual, but no news

  double score(const State& state, const Observation& observation, Work& work) const;
  double own_threshold(double /*alarms_a_day*/) const { return threshold; }
  double evidence(const Work& work) const;
  void learn(State& state, const Observation& observation, const Work& work) const {
    AlarmCodes::learn(state, observation, work);
  }
  void explain(const State& state, const Observation& observation, const Work& work,
               std::vector<Reason>& to) const;
  void visit(State& state, StateVisitor& visitor) const { AlarmCodes::visit(state, visitor); }
};

DetectorEntry alarm_severity_entry();

}  // namespace retimu

#endif
