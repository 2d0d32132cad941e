// SPDX-License-Identifier: Apache-2.0
// What a judge says of an entity when time passes and no event comes.
#include "retimu/engine/judge.hpp"

#include <algorithm>

namespace retimu {

// Those that wanted to be asked by now.
void Judge::ask_waking(EntityParts entity, Time now) {
  asked_.assign(asked_.size(), false);
  for (const std::uint16_t i : waking_) {
    const NamedDetector& named = pipeline_.detectors[i];
    if (named.modality != modality_ || entity->columns < named.columns_min) continue;
    const std::optional<Time> due = named.detector->wake_time(entity.detector(i));
    asked_[i] = due && *due <= now;
  }
}

std::optional<Time> Judge::detector_wake_time(EntityParts entity) const {
  std::optional<Time> first;
  for (const std::uint16_t i : waking_) {
    const NamedDetector& named = pipeline_.detectors[i];
    if (!entity.has(named.modality) || entity->columns < named.columns_min) continue;
    const std::optional<Time> due = named.detector->wake_time(entity.detector(i));
    if (due && (!first || *due < *first)) first = due;
  }
  return first;
}

std::optional<Time> Judge::episode_wake_time(EntityParts entity) const {
  std::optional<Time> first;
  for (std::size_t i = 0; i < modality_count; ++i) {
    const auto modality = static_cast<Modality>(i);
    if (!entity.has(modality)) continue;
    const std::optional<Time> due = pipeline_.policy->wake_time(entity.policy(modality));
    if (due && (!first || *due < *first)) first = due;
  }
  return first;
}

void Judge::wake(EntityParts entity, Time now, std::uint64_t sequence, const BudgetControl* control,
                 FleetSums& sums, std::vector<Alert>& alerts) {
  for (std::size_t i = 0; i < modality_count; ++i) {
    modality_ = static_cast<Modality>(i);
    if (!entity.has(modality_)) continue;
    ask_waking(entity, now);
    if (std::ranges::count(asked_, true) > 0) {
      Event event;
      event.entity = {entity.name(), entity->hash};
      event.time = now;
      event.sequence = sequence;
      event.payload = Tick{};
      present_.clear();
      const EntityView view{entity.columns(), entity.latest(), entity.updated(), present_};
      const Observation observation{event, view, clock_.local(now)};
      reserve(entity->columns);
      Verdict verdict;
      Decision decision;
      if (score(entity, observation, verdict)) {
        decision = decide(entity, observation, verdict, control, sums, alerts);
        mix_in(entity, now, verdict);
      }
      learn(entity, observation, decision);
    }
    const Decision decision = pipeline_.policy->wake(entity.policy(modality_), now);
    if (decision.change == Change::none) continue;
    Verdict verdict;
    verdict.phase = decision.phase;
    verdict.lead = entity->lead;
    verdict.change = tell(entity, nullptr, decision, verdict, now, sequence, alerts);
    entity->phase = decision.phase;
    entity->digest = mix(entity->digest, static_cast<std::uint64_t>(now));
    entity->digest = mix(entity->digest, static_cast<std::uint64_t>(verdict.change));
  }
}

}  // namespace retimu
