// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/rare_alarm.hpp"
#include "retimu/text/template_text.hpp"

#include <limits>
#include <memory>

namespace retimu {

double RareAlarm::score(const State& state, const Observation& observation, Work& work) const {
  AlarmCodes::look(state, observation, work);
  return work.is_alarm ? work.rareness : std::numeric_limits<double>::quiet_NaN();
}

double RareAlarm::rank(const Work& work) const {
  return work.rareness + elementary::log1p(work.own_deviance);
}

void RareAlarm::explain(const State& /*state*/, const Observation& observation, const Work& work,
                        std::vector<Reason>& to) const {
  if (!work.is_alarm) return;
  Reason reason;
  reason.kind = ReasonKind::rare_alarm;
  reason.subject = cut_shown(std::get<Alarm>(observation.event.payload).code);
  reason.observed = work.before;
  reason.weight = evidence(work);
  to.push_back(std::move(reason));
}

namespace {

Result<std::unique_ptr<Detector>> make(const ParameterValues& /*values*/, std::uint64_t /*seed*/) {
  return std::make_unique<EventDetector<RareAlarm>>(RareAlarm());
}

// Two codes in turn for long, then a third.
void specimen(SpecimenWriter& to) {
  for (int i = 0; i < 1'000; ++i) {
    to.usual(Alarm{Severity::minor, i % 2 == 0 ? "fan-speed" : "door-open", ""});
  }
  to.anomaly(Alarm{Severity::minor, "power-supply-failed", ""});
}

}  // namespace

DetectorEntry rare_alarm_entry() {
  return {.name = "rare_alarm",
          .summary = "an alarm of another system whose code seldom comes",
          .modality = Modality::alarms,
          .parameters = {},
          .in_auto = true,
          .in_light = true,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
