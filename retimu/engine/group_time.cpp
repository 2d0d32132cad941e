// SPDX-License-Identifier: Apache-2.0
// What a group does when the clock passes: episodes of silent entities end, rules have held for
// long enough, and detectors are asked that wanted to be.
#include "retimu/engine/group.hpp"

#include <algorithm>

namespace retimu {

// After it the entity waits for a later time, or for none.
void Group::wake(EntityParts entity, Modality modality, Time due, std::uint64_t sequence,
                 std::vector<Alert>& alerts) {
  judge_.wake(entity, modality, due, sequence, control_ ? &*control_ : nullptr, sums_, alerts);
  const std::optional<Time> next = judge_.wake_time(entity, modality);
  RETIMU_ASSERT(!next || *next > due);
}

std::optional<Group::Due> Group::next_due(EntityParts entity) const {
  std::optional<Due> first;
  for (std::size_t i = 0; i < modality_count; ++i) {
    const auto modality = static_cast<Modality>(i);
    if (!entity.has(modality)) continue;
    const std::optional<Time> time = judge_.wake_time(entity, modality);
    if (!time) continue;
    const Time reached = add_saturated(*time, entity.state(modality).lag);
    if (!first || reached < first->reached) first = Due{modality, *time, reached};
  }
  return first;
}

// One that is set for an earlier time stays, and sets the next then.
void Group::set_timer(EntityParts entity) {
  const std::optional<Due> due = next_due(entity);
  if (!due || (entity->timer != time_none && entity->timer <= due->reached)) return;
  entity->timer = due->reached;
  timers_.push_back({due->reached, entity->hash});
  std::ranges::push_heap(timers_, std::ranges::greater(), &Timer::due);
}

// The entity whose timer it is; null if it was set anew since, or has gone.
Entity* Group::owner(const Timer& timer) const {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t at = (timer.hash / group_count) & mask; table_[at].entity != nullptr;
       at = (at + 1) & mask) {
    Entity* entity = table_[at].entity;
    if (table_[at].hash == timer.hash && entity->timer == timer.due) return entity;
  }
  return nullptr;
}

// A tick comes a second after the last one, or later if nothing came in between.
bool Group::stood_still(Time until) const {
  constexpr Duration still_min = 10 * second;
  return clock_ != time_none && between(clock_, until) >= still_min && judge_.may_wake();
}

void Group::pass(Time time) {
  if (stood_still(time)) {
    for (const Place& place : table_) {
      if (place.entity != nullptr) judge_.stood_still(EntityParts(place.entity), {clock_, time});
    }
  }
  clock_ = time;
}

std::optional<Time> Group::silent_since(EntityParts entity) const {
  for (const SilentSource& one : silent_) {
    if (one.source == entity->source) return one.since;
  }
  return std::nullopt;
}

void Group::hear(const SourceChange& change) {
  if (change.is_silent) {
    silent_.push_back({change.source, change.since});
    return;
  }
  for (const Place& place : table_) {
    if (place.entity == nullptr || place.entity->source != change.source) continue;
    judge_.stood_still(EntityParts(place.entity), {change.since, change.time, true});
  }
  std::erase_if(silent_, [&](const SilentSource& one) { return one.source == change.source; });
}

void Group::tick(Time time, std::uint64_t sequence, std::vector<Alert>& alerts) {
  pass(time);
  const auto first = static_cast<std::ptrdiff_t>(alerts.size());
  while (!timers_.empty() && timers_.front().due <= time) {
    std::ranges::pop_heap(timers_, std::ranges::greater(), &Timer::due);
    const Timer timer = timers_.back();
    timers_.pop_back();
    Entity* entity = owner(timer);
    if (entity == nullptr) continue;
    const EntityParts parts(entity);
    const bool was_open = entity->is_open;
    entity->timer = time_none;
    const auto is_due = [&](const std::optional<Due>& due) { return due && due->reached <= time; };
    std::optional<Due> due = next_due(parts);
    // Nothing happens at a timer alone: a restart sets them anew.
    if (is_due(due)) {
      catch_up(parts);
      hand_asked(parts);
      if (const std::optional<Time> since = silent_since(parts)) {
        judge_.stood_still(parts, {*since, time, true});
        due = next_due(parts);
      }
    }
    for (; is_due(due); due = next_due(parts)) {
      wake(parts, due->modality, due->time, sequence, alerts);
    }
    set_timer(parts);
    count_open(was_open, *entity);
  }
  std::stable_sort(alerts.begin() + first, alerts.end(), [](const Alert& a, const Alert& b) {
    return a.time != b.time ? a.time < b.time : a.entity < b.entity;
  });
}

}  // namespace retimu
