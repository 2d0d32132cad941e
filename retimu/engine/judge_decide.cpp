// SPDX-License-Identifier: Apache-2.0
// What a judge decides of an event, with what the entity's other modalities showed shortly before.
#include "retimu/decision/fusion.hpp"
#include "retimu/engine/judge.hpp"
#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace retimu {

namespace {

std::uint32_t slot_of(EntityParts entity, ColumnId column) {
  const std::span<const ColumnId> columns = entity.columns();
  return static_cast<std::uint32_t>(std::ranges::find(columns, column) - columns.begin());
}

}  // namespace

// What decides: all opinions, or those of detectors that have no evidence of their own, beside the
// own evidence of the others.
Assessment Judge::assess(EntityParts entity, const Event& event, const Verdict& verdict) {
  Assessment assessment{event.time,
                        {verdict.log10_p, verdict.samples},
                        verdict.is_late,
                        own_excess_,
                        verdict.strength};
  assessment.is_sure = is_sure_;
  if (const auto* alarm = std::get_if<Alarm>(&event.payload)) {
    assessment.severity = alarm->severity;
  }
  if (ranking_ && !ranks_by_own_) assessment.ranking = ranking_->rating;
  find_companions(entity, event.time);
  for (const Companion& companion : companions_) assessment.others += companion.evidence;
  assessment.others_count = static_cast<unsigned>(companions_.size());
  assessment.is_tick = std::holds_alternative<Tick>(event.payload);
  assessment.is_joined = entity->is_open && !entity.state(modality_).is_open;
  if (!own_excess_) return assessment;
  assessment.rating.log10_p = fuse(others_);
  return assessment;
}

Decision Judge::decide(EntityParts entity, const Observation& observation, Verdict& verdict,
                       const BudgetControl* control, FleetSums& sums, std::vector<Alert>& alerts) {
  const Event& event = observation.event;
  const Assessment assessment = assess(entity, event, verdict);
  const Decision decision =
      pipeline_.policy->decide(entity.policy(modality_), assessment, control, sums);
  if (decision.ground == Ground::own) {
    verdict.lead = own_lead_;
  } else if (decision.ground == Ground::lasting) {
    verdict.lead = ranking_->detector;
  } else if (!others_.empty()) {
    verdict.lead = lead(others_).detector;
  }
  verdict.excess = decision.evidence - decision.threshold;
  verdict.phase = decision.phase;
  verdict.is_change_point = decision.is_change_point;
  verdict.has_p = decision.phase != Phase::warming;
  verdict.change =
      tell(entity, &observation, decision, verdict, event.time, event.sequence, alerts);
  verdict.is_anomalous = entity->is_open;
  note_evidence(entity, observation, decision, verdict);
  if (judgements_ != nullptr) keep(entity, event, verdict, decision, assessment.others);
  return decision;
}

void Judge::note_alarm(ModalityState& of, const Event& event, const Decision& decision) {
  const auto* alarm = std::get_if<Alarm>(&event.payload);
  if (decision.change == Change::raised || !of.is_open) of.raised.forget();
  if (alarm == nullptr || !of.is_open) return;
  if (alarm->severity == Severity::cleared) {
    of.raised.clear(hash(alarm->code), event.time);
  } else {
    of.raised.raise(hash(alarm->code), decision.ended == event.time);
  }
}

// What is within a decade of the threshold, or was told.
void Judge::keep(EntityParts entity, const Event& event, const Verdict& verdict,
                 const Decision& decision, double others) {
  constexpr double near = 1;  // decades
  const bool is_near = decision.evidence >= decision.threshold - near;
  const bool is_told = decision.change != Change::none;
  // Of a long episode the first events say it all.
  constexpr std::uint32_t of_an_episode_max = 64;
  std::uint32_t& kept = entity.state(modality_).kept;
  if (!decision.is_open) kept = 0;
  if (!is_told && (!is_near || kept >= of_an_episode_max)) return;
  ++kept;
  Judgement judgement;
  judgement.entity = entity.name();
  judgement.time = event.time;
  judgement.sequence = event.sequence;
  judgement.modality = modality_;
  judgement.is_tick = std::holds_alternative<Tick>(event.payload);
  judgement.is_late = verdict.is_late;
  judgement.change = verdict.change;
  judgement.decision = decision;
  judgement.others = others;
  for (const Opinion& opinion : opinions_) {
    const double own = own_[opinion.detector];
    DetectorJudgement& judged = judgement.detectors.emplace_back();
    judged.detector = pipeline_.detectors[opinion.detector].name;
    judged.score = scores_[opinion.detector];
    judged.rating = opinion.rating;
    if (!std::isnan(own)) judged.own = own;
    if (const Tolerance* tolerance = this->tolerance(opinion.detector)) {
      judged.tolerated = tolerance->decades;
      judged.tolerated_since = tolerance->since;
    }
  }
  judgements_->push_back(std::move(judgement));
}

void Judge::find_companions(EntityParts entity, Time time) {
  companions_.clear();
  if (std::has_single_bit(entity.modalities())) return;
  for (std::size_t i = 0; i < modality_count; ++i) {
    const auto modality = static_cast<Modality>(i);
    if (modality == modality_ || !entity.has(modality)) continue;
    const ModalityState& of = entity.state(modality);
    if (of.evident == time_none || between(of.evident, time) > pipeline_.association) continue;
    const double share = static_cast<double>(pipeline_.association) / static_cast<double>(day);
    const double events =
        share * pipeline_.policy->events_a_day(entity.policy(modality)).value_or(0);
    const double evidence = of.evidence - elementary::log10(std::max(events, 1.0));
    if (evidence > 0) companions_.push_back({modality, evidence});
  }
}

// For what may come in another modality.
void Judge::note_evidence(EntityParts entity, const Observation& observation,
                          const Decision& decision, const Verdict& verdict) {
  constexpr double least_share = 0.5;  // of the threshold
  const bool is_alone = std::has_single_bit(entity.modalities());
  // Of an alarm it is told, too, when it is cleared.
  if ((is_alone && modality_ != Modality::alarms) || verdict.is_late) return;
  if (!(decision.alone >= least_share * decision.threshold)) return;  // nor while warming
  ModalityState& of = entity.state(modality_);
  const Time time = observation.event.time;
  const bool is_old = of.evident == time_none || between(of.evident, time) > pipeline_.association;
  if (!is_old && decision.alone < of.evidence) return;
  reasons_.clear();
  pipeline_.detectors[verdict.lead].detector->explain(entity.detector(verdict.lead), observation,
                                                      scratch(verdict.lead), reasons_);
  if (reasons_.empty()) return;
  const Reason& reason = reasons_.front();
  of.evident = time;
  of.evidence = decision.alone;
  of.kind = reason.kind;
  of.slot = slot_of(entity, reason.column);
  const std::string_view subject = is_of_column(reason) ? pipeline_.columns->name(reason.column)
                                                        : std::string_view(reason.subject);
  of.subject_bytes = static_cast<std::uint32_t>(std::min(subject.size(), of.subject.size()));
  std::copy_n(subject.begin(), of.subject_bytes, of.subject.begin());
  of.observed = reason.observed;
  of.expected_low = reason.expected_low;
  of.expected_high = reason.expected_high;
}

}  // namespace retimu
