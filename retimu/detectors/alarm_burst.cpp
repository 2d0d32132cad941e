// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/alarm_burst.hpp"
#include "retimu/text/template_text.hpp"

#include <limits>
#include <memory>

namespace retimu {

double AlarmBurst::score(const State& state, const Observation& observation, Work& work) const {
  AlarmCodes::look(state, observation, work);
  return work.is_alarm ? work.deviance : std::numeric_limits<double>::quiet_NaN();
}

void AlarmBurst::explain(const State& /*state*/, const Observation& observation, const Work& work,
                         std::vector<Reason>& to) const {
  if (!work.is_alarm || work.deviance <= 0) return;
  Reason reason;
  reason.kind = ReasonKind::alarm_count;
  if (!work.is_burst_of_all)
    reason.subject = cut_shown(std::get<Alarm>(observation.event.payload).code);
  reason.observed = work.count;
  reason.expected_low = reason.expected_high = work.usual;
  reason.weight = evidence(work);
  to.push_back(std::move(reason));
}

namespace {

Result<std::unique_ptr<Detector>> make(const ParameterValues& /*values*/, std::uint64_t /*seed*/) {
  return std::make_unique<EventDetector<AlarmBurst>>(AlarmBurst());
}

// One alarm a minute for hours, then two. Time goes on a second an event, and clears are no alarms.
void specimen(SpecimenWriter& to) {
  const auto pause = [&](int seconds) {
    for (int i = 0; i < seconds; ++i) to.usual(Alarm{Severity::cleared, "door-open", ""});
  };
  for (int i = 0; i < 300; ++i) {
    to.usual(Alarm{Severity::minor, "door-open", ""});
    pause(i + 1 < 300 ? 59 : 9);
  }
  to.anomaly(Alarm{Severity::minor, "door-open", ""});
}

}  // namespace

DetectorEntry alarm_burst_entry() {
  return {.name = "alarm_burst",
          .summary = "more alarms of other systems in a minute than usual",
          .modality = Modality::alarms,
          .parameters = {},
          .state_of = "rare_alarm",
          .in_auto = true,
          .in_light = true,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
