// SPDX-License-Identifier: Apache-2.0
// What a judge says of an entity when time passes and no event comes.
#include "retimu/engine/judge.hpp"

#include <algorithm>

namespace retimu {

namespace {

void take_earlier(std::optional<Time>& first, const std::optional<Time>& due) {
  if (due && (!first || *due < *first)) first = due;
}

}  // namespace

// Those of the modality that wanted to be asked by now.
bool Judge::ask_waking(EntityParts entity, Time now) {
  asked_.clear();
  asked_columns_ = SIZE_MAX;
  for (const std::uint16_t i : waking_) {
    const NamedDetector& named = pipeline_.detectors[i];
    if (named.modality != modality_ || entity->columns < named.columns_min) continue;
    const std::optional<Time> due = named.detector->wake_time(entity.detector(i));
    if (due && *due <= now) asked_.push_back(i);
  }
  return !asked_.empty();
}

std::optional<Time> Judge::wake_time(EntityParts entity, Modality modality) const {
  std::optional<Time> first;
  if (entity.state(modality).is_open) {
    first = pipeline_.policy->wake_time(entity.policy(modality));
    take_earlier(first, entity.state(modality).raised.wake_time());
  }
  for (const std::uint16_t i : waking_) {
    const NamedDetector& named = pipeline_.detectors[i];
    if (named.modality != modality || entity->columns < named.columns_min) continue;
    take_earlier(first, named.detector->wake_time(entity.detector(i)));
  }
  if (modality == Modality::metrics && has_rules()) {
    take_earlier(first, pipeline_.rules->wake_time(entity.rules()));
  }
  return first;
}

void Judge::stood_still(EntityParts entity, const Standstill& still) const {
  for (const std::uint16_t i : waking_) {
    const NamedDetector& named = pipeline_.detectors[i];
    if (!entity.has(named.modality) || entity->columns < named.columns_min) continue;
    named.detector->stood_still(entity.detector(i), still);
  }
}

void Judge::wake(EntityParts entity, Modality modality, Time now, std::uint64_t sequence,
                 const BudgetControl* control, FleetSums& sums, std::vector<Alert>& alerts) {
  modality_ = modality;
  if (modality == Modality::metrics && has_rules()) {
    changes_.clear();
    pipeline_.rules->wake(entity.rules(), now, changes_);
    tell_rules(entity, sequence, alerts);
  }
  if (ask_waking(entity, now)) judge_tick(entity, now, sequence, control, sums, alerts);
  const RaisedAlarms& raised = entity.state(modality).raised;
  const bool is_cleared =
      entity.state(modality).is_open && now >= raised.wake_time().value_or(INT64_MAX);
  const Decision decision = is_cleared
                                ? pipeline_.policy->end(entity.policy(modality), *raised.cleared())
                                : pipeline_.policy->wake(entity.policy(modality), now);
  if (decision.change == Change::none) return;
  Verdict verdict;
  verdict.phase = decision.phase;
  verdict.lead = entity->lead;
  verdict.change = tell(entity, nullptr, decision, verdict, now, sequence, alerts);
  entity->phase = decision.phase;
  entity->digest = mix(entity->digest, static_cast<std::uint64_t>(now));
  entity->digest = mix(entity->digest, static_cast<std::uint64_t>(verdict.change));
}

void Judge::judge_tick(EntityParts entity, Time now, std::uint64_t sequence,
                       const BudgetControl* control, FleetSums& sums, std::vector<Alert>& alerts) {
  Event event;
  event.entity = {entity.name(), entity->hash};
  event.time = now;
  event.sequence = sequence;
  event.payload = Tick{};
  present_.clear();
  reserve(entity->columns);
  const EntityView view{entity.columns(), entity.latest(), entity.updated(), present_};
  const Observation observation{event, view, clock_.local(now), peers_};
  is_left_out_ = false;  // it would be asked again and again
  Verdict verdict;
  Decision decision;
  if (score(entity, observation, verdict)) {
    decision = decide(entity, observation, verdict, control, sums, alerts);
    mix_in(entity, now, verdict);
  }
  learn(entity, observation, decision);
}

}  // namespace retimu
