// SPDX-License-Identifier: Apache-2.0
// What a group does when the clock passes: episodes of silent entities end, and detectors are asked
// that wanted to be.
#include "retimu/engine/group.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr std::uint32_t open_none = UINT32_MAX;

}  // namespace

void Group::note_open(Entity* entity) {
  if (entity->is_open == (entity->open_index != open_none)) return;
  if (entity->is_open) {
    entity->open_index = static_cast<std::uint32_t>(open_.size());
    open_.push_back(entity);
    return;
  }
  open_.back()->open_index = entity->open_index;
  open_[entity->open_index] = open_.back();
  open_.pop_back();
  entity->open_index = open_none;
}

void Group::wake(EntityParts entity, Time due, std::uint64_t sequence, std::vector<Alert>& alerts) {
  judge_.wake(entity, due, sequence, control_ ? &*control_ : nullptr, sums_, alerts);
}

// An earlier one that is set for the entity stays, and asks again then.
void Group::set_timer(EntityParts entity) {
  const std::optional<Time> wanted = judge_.detector_wake_time(entity);
  if (!wanted) return;
  const Time due = add_saturated(*wanted, entity->lag);
  if (entity->timer != time_none && entity->timer <= due) return;
  entity->timer = due;
  timers_.push_back({due, entity->hash});
  std::ranges::push_heap(timers_, std::ranges::greater(), &Timer::due);
}

void Group::run_timers(Time now, std::uint64_t sequence, std::vector<Alert>& alerts) {
  while (!timers_.empty() && timers_.front().due <= now) {
    std::ranges::pop_heap(timers_, std::ranges::greater(), &Timer::due);
    const Timer timer = timers_.back();
    timers_.pop_back();
    const std::size_t mask = table_.size() - 1;
    for (std::size_t at = (timer.hash / group_count) & mask; table_[at].entity != nullptr;
         at = (at + 1) & mask) {
      Entity* entity = table_[at].entity;
      if (table_[at].hash != timer.hash || entity->timer != timer.due) continue;
      const EntityParts parts(entity);
      entity->timer = time_none;
      catch_up(parts);
      const std::optional<Time> wanted = judge_.detector_wake_time(parts);
      if (wanted && add_saturated(*wanted, entity->lag) <= now) {
        wake_detectors(parts, *wanted, sequence, alerts);
        note_open(entity);
      }
      set_timer(parts);
      break;
    }
  }
}

void Group::tick(Time time, std::uint64_t sequence, std::vector<Alert>& alerts) {
  const std::size_t first = alerts.size();
  run_timers(time, sequence, alerts);
  for (std::size_t i = 0; i < open_.size();) {
    Entity* entity = open_[i];
    const EntityParts parts(entity);
    const std::optional<Time> due = judge_.episode_wake_time(parts);
    if (due && add_saturated(*due, entity->lag) <= time) {
      wake(parts, *due, sequence, alerts);
      note_open(entity);
    }
    if (entity->is_open) ++i;
  }
  std::sort(alerts.begin() + static_cast<std::ptrdiff_t>(first), alerts.end(),
            [](const Alert& a, const Alert& b) {
              return a.time != b.time ? a.time < b.time : a.entity < b.entity;
            });
}

// Each is asked once for a time, and then wants to be at a later one.
void Group::wake_detectors(EntityParts entity, Time due, std::uint64_t sequence,
                           std::vector<Alert>& alerts) {
  wake(entity, due, sequence, alerts);
  const std::optional<Time> next = judge_.detector_wake_time(entity);
  RETIMU_ASSERT(!next || *next > due);
}

}  // namespace retimu
