// SPDX-License-Identifier: Apache-2.0
// What a judge tells of a decision: the alert and its reasons.
#include "retimu/engine/judge.hpp"
#include "retimu/engine/sentence.hpp"

#include <algorithm>

namespace retimu {

// Comes before the entity takes its new phase.
void Judge::tell(EntityParts entity, const Observation* observation, const Decision& decision,
                 const Verdict& verdict, Time time, std::uint64_t sequence,
                 std::vector<Alert>& alerts) {
  if (decision.change == Change::raised) {
    const std::uint64_t high = mix(entity->seed, static_cast<std::uint64_t>(time));
    entity->alert = {high, mix(high, std::uint64_t{entity->episodes})};
    ++entity->episodes;
    entity->revision = 0;
    entity->onset = decision.onset;
    entity->lead = verdict.lead;
  }
  Alert alert;
  alert.id = entity->alert;
  alert.revision = ++entity->revision;
  alert.change = decision.change;
  alert.entity = entity.name();
  alert.time = time;
  alert.onset = entity->onset;
  if (decision.change == Change::resolved) alert.ended = decision.ended;
  alert.severity = decision.severity;
  const bool was_shifted = decision.change == Change::resolved && entity->phase == Phase::shifted;
  alert.is_shift = decision.phase == Phase::shifted || was_shifted;
  alert.sequence = sequence;
  if (observation != nullptr) {
    alert.log10_p = verdict.log10_p;
    alert.samples = verdict.samples;
    give_reasons(entity, *observation, verdict, alert);
  }
  const std::uint16_t lead = decision.change == Change::resolved ? entity->lead : verdict.lead;
  alert.lead = pipeline_.detectors[lead].name;
  alert.sentence = make_sentence(alert);
  alerts.push_back(std::move(alert));
}

// The lead's reasons first, then columns that only other speaking detectors name.
void Judge::give_reasons(EntityParts entity, const Observation& observation, const Verdict& verdict,
                         Alert& alert) {
  constexpr double speaking_decades = 1;
  constexpr std::size_t reasons_max = 8;
  double smallest = 0;
  for (const Opinion& opinion : opinions_) smallest = std::min(smallest, opinion.rating.log10_p);
  std::vector<Opinion> speaking;
  for (const Opinion& opinion : opinions_) {
    if (opinion.rating.log10_p <= smallest + speaking_decades) speaking.push_back(opinion);
  }
  std::ranges::stable_sort(speaking, {}, [&](const Opinion& opinion) {
    return opinion.detector == verdict.lead ? 0 : 1;
  });
  for (const Opinion& opinion : speaking) {
    const NamedDetector& named = pipeline_.detectors[opinion.detector];
    alert.detectors.push_back(named.name);
    reasons_.clear();
    named.detector->explain(entity.detector(opinion.detector), observation,
                            scratch(opinion.detector), reasons_);
    for (const Reason& reason : reasons_) {
      const std::string_view column = pipeline_.columns->name(reason.column);
      const bool known = std::ranges::any_of(
          alert.reasons, [&](const ColumnReason& other) { return other.column == column; });
      if (known || alert.reasons.size() >= reasons_max) continue;
      const auto unit = pipeline_.units.find(reason.column);
      alert.reasons.push_back(
          {std::string(column), unit == pipeline_.units.end() ? std::string() : unit->second,
           reason.observed, reason.expected_low, reason.expected_high, reason.weight});
    }
  }
}

}  // namespace retimu
