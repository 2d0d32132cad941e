// SPDX-License-Identifier: Apache-2.0
// What a judge tells of a decision: the alert and its reasons.
#include "retimu/engine/judge.hpp"
#include "retimu/engine/sentence.hpp"

#include <algorithm>

namespace retimu {

// The episodes of all modalities that are open at the same time are one alert. Gives what was told:
// what one modality raises while another's episode is open is an update, and what ends before the
// others is not told.
Change Judge::tell(EntityParts entity, const Observation* observation, const Decision& decision,
                   const Verdict& verdict, Time time, std::uint64_t sequence,
                   std::vector<Alert>& alerts) {
  ModalityState& of = entity.state(modality_);
  const bool was_shifted = of.phase == Phase::shifted;
  of.phase = decision.phase;
  of.is_open = decision.is_open;
  if (decision.change == Change::none) return Change::none;
  bool is_another_open = false;
  for (std::size_t i = 0; i < modality_count; ++i) {
    const auto modality = static_cast<Modality>(i);
    if (modality == modality_ || !entity.has(modality)) continue;
    is_another_open = is_another_open || entity.state(modality).is_open;
  }
  entity->is_open = decision.is_open || is_another_open;
  const bool is_shift =
      decision.phase == Phase::shifted || (decision.change == Change::resolved && was_shifted);
  const bool is_new_shift = decision.phase == Phase::shifted && !was_shifted;
  const bool is_worse = decision.severity > entity->severity;
  Change change = decision.change;
  if (change == Change::raised && is_another_open) change = Change::updated;
  if (change == Change::updated && decision.change == Change::updated && !is_worse &&
      !is_new_shift && !decision.is_news) {
    return Change::none;
  }
  if (change == Change::raised) {
    const std::uint64_t high = mix(entity->seed, static_cast<std::uint64_t>(time));
    entity->alert = {high, mix(high, std::uint64_t{entity->episodes})};
    ++entity->episodes;
    entity->revision = 0;
    entity->onset = decision.onset;
    entity->ended = decision.ended;
    entity->severity = decision.severity;
    entity->lead = verdict.lead;
  }
  entity->ended = std::max(entity->ended, decision.ended);
  entity->severity = std::max(entity->severity, decision.severity);
  if (change == Change::resolved && is_another_open) return Change::none;
  Alert alert;
  alert.id = entity->alert;
  alert.revision = ++entity->revision;
  alert.change = change;
  alert.entity = entity.name();
  alert.time = time;
  alert.onset = entity->onset;
  if (change == Change::resolved) alert.ended = entity->ended;
  alert.severity = entity->severity;
  alert.is_shift = is_shift;
  alert.sequence = sequence;
  departs_ = departs_ || (observation != nullptr && change != Change::resolved);
  if (observation != nullptr) {
    alert.log10_p = verdict.log10_p;
    alert.samples = verdict.samples;
    give_reasons(entity, *observation, verdict, alert);
    if (change != Change::resolved) add_companions(entity, decision, alert);
  } else if (of.raised.cleared()) {
    const bool is_of_alarm =
        of.kind == ReasonKind::rare_alarm || of.kind == ReasonKind::alarm_severity;
    alert.reasons.push_back({std::string(of.subject.data(), is_of_alarm ? of.subject_bytes : 0),
                             {},
                             0,
                             0,
                             0,
                             0,
                             ReasonKind::alarm_cleared});
  }
  const std::uint16_t lead = change == Change::resolved ? entity->lead : verdict.lead;
  alert.lead = pipeline_.detectors[lead].name;
  alert.sentence = make_sentence(alert);
  if (observation != nullptr && change != Change::resolved) {
    if (const Tolerance* tolerance = this->tolerance(verdict.lead)) {
      alert.sentence += fmt::format(", though {:.1f} decades are tolerated since {} (false alarm)",
                                    tolerance->decades, format_time(tolerance->since));
    }
  }
  alerts.push_back(std::move(alert));
  return change;
}

// What the other modalities showed shortly before, behind the reasons of this one.
void Judge::add_companions(EntityParts entity, const Decision& decision, Alert& alert) {
  if (companions_.empty()) return;
  double sum = decision.alone;
  for (const Companion& companion : companions_) sum += companion.evidence;
  const auto share = [&](double evidence) { return sum > 0 ? evidence / sum : 0; };
  alert.parts.push_back({modality_, alert.time, decision.alone, share(decision.alone)});
  for (const Companion& companion : companions_) {
    const ModalityState& of = entity.state(companion.modality);
    alert.parts.push_back(
        {companion.modality, of.evident, companion.evidence, share(companion.evidence)});
    AlertReason reason{{}, {},      of.observed, of.expected_low, of.expected_high,
                       0,  of.kind, of.evident};
    const bool is_of_column = of.kind == ReasonKind::value || of.kind == ReasonKind::peers;
    if (!is_of_column) {
      reason.subject.assign(of.subject.data(), of.subject_bytes);
    } else if (of.slot < entity->columns) {
      const ColumnId column = entity.columns()[of.slot];
      reason.subject = pipeline_.columns->name(column);
      const auto unit = pipeline_.units.find(column);
      if (unit != pipeline_.units.end()) reason.unit = unit->second;
    } else {
      continue;
    }
    alert.reasons.push_back(std::move(reason));
  }
}

// The lead's reasons first, which may speak by evidence of its own, then columns that only other
// speaking detectors name.
void Judge::give_reasons(EntityParts entity, const Observation& observation, const Verdict& verdict,
                         Alert& alert) {
  constexpr double speaking_decades = 1;
  constexpr std::size_t reasons_max = 8;
  const auto is_warm = [](const Opinion& opinion) {
    return opinion.rating.samples >= warm_samples;
  };
  double smallest = 0;
  for (const Opinion& opinion : opinions_) {
    if (is_warm(opinion)) smallest = std::min(smallest, opinion.rating.log10_p);
  }
  std::vector<Opinion> speaking;
  for (const Opinion& opinion : opinions_) {
    const bool is_lead = opinion.detector == verdict.lead;
    const bool speaks = is_warm(opinion) && opinion.rating.log10_p <= smallest + speaking_decades;
    if (is_lead || speaks) speaking.push_back(opinion);
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
      const bool is_value = is_of_column(reason);
      const std::string_view subject =
          is_value ? pipeline_.columns->name(reason.column) : std::string_view(reason.subject);
      const bool known = std::ranges::any_of(alert.reasons, [&](const AlertReason& other) {
        return other.kind == reason.kind && other.subject == subject;
      });
      if (known || alert.reasons.size() >= reasons_max) continue;
      const auto unit = is_value ? pipeline_.units.find(reason.column) : pipeline_.units.end();
      alert.reasons.push_back({std::string(subject),
                               unit == pipeline_.units.end() ? std::string() : unit->second,
                               reason.observed, reason.expected_low, reason.expected_high,
                               reason.weight, reason.kind, std::nullopt, reason.peers});
    }
  }
}

}  // namespace retimu
