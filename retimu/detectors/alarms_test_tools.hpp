// SPDX-License-Identifier: Apache-2.0
// One entity that sends alarms at stated times to a detector that is a plain struct. Included by
// tests only.
#ifndef RETIMU_DETECTORS_ALARMS_TEST_TOOLS_HPP
#define RETIMU_DETECTORS_ALARMS_TEST_TOOLS_HPP

#include "retimu/detectors/alarm_codes.hpp"

#include <string_view>
#include <vector>

namespace retimu {

template <class A>
struct AlarmSender {
  A algorithm{};
  typename A::State state{};
  typename A::Work work{};        // of the last alarm
  std::vector<Reason> reasons{};  // of it

  double send(Time time, std::string_view code, Severity severity = Severity::minor) {
    Event event;
    event.time = time;
    event.payload = Alarm{severity, code, {}};
    const EntityView view;
    const Observation observation{event, view};
    work = {};
    const double score = algorithm.score(state, observation, work);
    reasons.clear();
    algorithm.explain(state, observation, work, reasons);
    algorithm.learn(state, observation, work);
    return score;
  }
  double evidence() const { return algorithm.evidence(work); }
};

}  // namespace retimu

#endif
