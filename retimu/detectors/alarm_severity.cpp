// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/alarm_severity.hpp"
#include "retimu/text/template_text.hpp"

#include <array>
#include <limits>
#include <memory>

namespace retimu {

double AlarmSeverity::score(const State& state, const Observation& observation, Work& work) const {
  AlarmCodes::look(state, observation, work);
  return work.is_alarm ? work.severity : std::numeric_limits<double>::quiet_NaN();
}

double AlarmSeverity::evidence(const Work& work) const {
  if (work.severity < least) return 0;
  return work.is_folded ? threshold - when_folded : threshold;
}

void AlarmSeverity::explain(const State& /*state*/, const Observation& observation,
                            const Work& work, std::vector<Reason>& to) const {
  if (!work.is_alarm || work.severity < least) return;
  Reason reason;
  reason.kind = ReasonKind::alarm_severity;
  reason.subject = cut_shown(std::get<Alarm>(observation.event.payload).code);
  reason.observed = work.severity;
  reason.expected_high = least - 1;
  reason.weight = evidence(work);
  to.push_back(std::move(reason));
}

namespace {

constexpr std::array parameters{
    Parameter{"least",
              "severity that raises: 1 indeterminate, 2 warning, 3 minor, 4 major, 5 critical",
              Parameter::Kind::whole, 4, 1, 5},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  AlarmSeverity algorithm;
  algorithm.least = static_cast<std::uint8_t>(values.whole("least"));
  return std::make_unique<EventDetector<AlarmSeverity>>(algorithm);
}

// Minor alarms for long, then a critical one.
void specimen(SpecimenWriter& to) {
  for (int i = 0; i < 1'000; ++i) {
    to.usual(Alarm{Severity::minor, i % 2 == 0 ? "fan-speed" : "door-open", ""});
  }
  to.anomaly(Alarm{Severity::critical, "fan-speed", ""});
}

}  // namespace

DetectorEntry alarm_severity_entry() {
  return {.name = "alarm_severity",
          .summary = "an alarm of another system that says of itself that it is severe",
          .modality = Modality::alarms,
          .parameters = parameters,
          .state_of = "rare_alarm",
          .in_auto = true,
          .in_light = true,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
