// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/group.hpp"

#include <algorithm>
#include <bit>

namespace retimu {

namespace {

constexpr std::size_t table_places_first = 16;

// Of the first columns; they are looked at last.
void prefetch_changes(EntityParts entity) {
  constexpr std::size_t bytes_max = 512, line = 64;
  const std::span<const BeforeAfter> changes = entity.changes();
  const auto* const first = reinterpret_cast<const std::byte*>(changes.data());
  const std::size_t bytes = std::min(changes.size_bytes(), bytes_max);
  for (std::size_t at = 0; at < bytes; at += line) __builtin_prefetch(first + at);
}

}  // namespace

Group::Group(GroupId id, const Pipeline& pipeline, EntityFactory& factory, Judge& judge,
             EntityStore* evicted, EntityCount& count)
    : id_(id),
      pipeline_(pipeline),
      factory_(factory),
      judge_(judge),
      evicted_(evicted),
      count_(count),
      table_(table_places_first) {}

Group::~Group() {
  for (const Place& place : table_) {
    if (place.entity != nullptr) factory_.destroy(slab_, place.entity);
  }
}

std::size_t Group::find(Name name) const {
  const std::size_t mask = table_.size() - 1;
  // The lowest bits chose the group, so the place is taken from higher ones.
  std::size_t at = (name.hash / group_count) & mask;
  while (table_[at].entity != nullptr) {
    const Place& place = table_[at];
    if (place.hash == name.hash && EntityParts(place.entity).name() == name.text) break;
    at = (at + 1) & mask;
  }
  return at;
}

void Group::resize_table(std::size_t places) {
  std::vector<Place> old(places);
  old.swap(table_);
  const std::size_t mask = places - 1;
  for (const Place& place : old) {
    if (place.entity == nullptr) continue;
    std::size_t at = (place.hash / group_count) & mask;
    while (table_[at].entity != nullptr) at = (at + 1) & mask;
    table_[at] = place;
  }
  hand_ = 0;
}

void Group::insert(Entity* entity) {
  entity->is_tolerated =
      !tolerances_.is_empty() && tolerances_.of(EntityParts(entity).name()) != nullptr;
  if (2 * (entities_ + 1) > table_.size()) resize_table(2 * table_.size());
  const std::size_t mask = table_.size() - 1;
  std::size_t at = (entity->hash / group_count) & mask;
  while (table_[at].entity != nullptr) at = (at + 1) & mask;
  table_[at] = {entity->hash, entity};
  ++entities_;
  count_.now.fetch_add(1, std::memory_order_relaxed);
}

void Group::remove(Entity* entity) {
  const std::size_t mask = table_.size() - 1;
  std::size_t at = find({EntityParts(entity).name(), entity->hash});
  RETIMU_ASSERT(table_[at].entity == entity);
  table_[at] = {};
  // Those behind move up, so that no search stops at the hole.
  for (std::size_t next = (at + 1) & mask; table_[next].entity != nullptr;
       next = (next + 1) & mask) {
    const std::size_t home = (table_[next].hash / group_count) & mask;
    if (((next - home) & mask) < ((next - at) & mask)) continue;
    table_[at] = table_[next];
    table_[next] = {};
    at = next;
  }
  --entities_;
  count_.now.fetch_sub(1, std::memory_order_relaxed);
}

void Group::count_open(bool was_open, const Entity& entity) {
  if (entity.is_open == was_open) return;
  if (was_open) {
    count_.open.fetch_sub(1, std::memory_order_relaxed);
  } else {
    count_.open.fetch_add(1, std::memory_order_relaxed);
  }
}

// Those that had to make room for another are near by.
const Entity* Group::look_up(std::uint64_t entity_hash) const {
  constexpr std::size_t places = 8;
  const std::size_t mask = table_.size() - 1;
  for (std::size_t i = 0; i < places; ++i) {
    const Place& place = table_[(entity_hash / group_count + i) & mask];
    if (place.hash == entity_hash || place.entity == nullptr) return place.entity;
  }
  return nullptr;
}

void Group::prefetch_place(std::uint64_t entity_hash) const {
  __builtin_prefetch(&table_[(entity_hash / group_count) & (table_.size() - 1)]);
}

void Group::prefetch_entity(std::uint64_t entity_hash) const {
  const auto* block = reinterpret_cast<const std::byte*>(look_up(entity_hash));
  if (block == nullptr) return;
  constexpr std::size_t lines = 8;
  for (std::size_t i = 0; i < lines; ++i) __builtin_prefetch(block + i * 64);
}

std::span<const std::byte> Group::memory_of(std::uint64_t entity_hash) const {
  const Entity* entity = look_up(entity_hash);
  if (entity == nullptr) return {};
  return {reinterpret_cast<const std::byte*>(entity), entity->block_bytes};
}

Result<void> Group::evict(Entity* entity, std::uint64_t sequence) {
  if (evicted_ != nullptr) {
    buffer_.clear();
    factory_.save(entity, buffer_);
    const std::string name(EntityParts(entity).name());
    if (Result<void> put = evicted_->put(id_, name, sequence, buffer_); !put) return put;
    has_evicted_ = true;
  }
  remove(entity);
  factory_.destroy(slab_, entity);
  count_.evicted.fetch_add(1, std::memory_order_relaxed);
  return {};
}

// Second chance: the hand passes entities used since its last visit, and those with an open
// episode.
Result<void> Group::make_room(std::uint64_t sequence) {
  std::size_t looked_at = 0;
  while (count_.now.load(std::memory_order_relaxed) >= pipeline_.entities_max && entities_ > 0 &&
         looked_at < 2 * table_.size()) {
    Entity* entity = table_[hand_].entity;
    hand_ = (hand_ + 1) & (table_.size() - 1);
    ++looked_at;
    if (entity == nullptr || entity->is_open || judge_.rules_hold(EntityParts(entity))) continue;
    if (entity->was_used) {
      entity->was_used = false;
      continue;
    }
    if (Result<void> evicted = evict(entity, sequence); !evicted) return evicted;
  }
  return {};
}

Result<Entity*> Group::revive(Bytes state, std::string_view name) {
  Entity* entity = factory_.load(slab_, state, rewarmed_);
  if (entity != nullptr) return entity;
  return failure(Fault::corrupt,
                 "the stored state of entity \"{}\" is damaged; restore data_dir from a backup or "
                 "start with an empty one",
                 name);
}

// Null if it is neither in memory nor in the store.
Result<Entity*> Group::recall(Name name, std::uint64_t sequence) {
  const std::size_t at = find(name);
  if (table_[at].entity != nullptr) return table_[at].entity;
  if (Result<void> room = make_room(sequence); !room) return tl::unexpected(room.error());
  if (!has_evicted_ || evicted_ == nullptr) return nullptr;
  auto stored = evicted_->get(id_, name.text, sequence);
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return nullptr;
  const Result<Entity*> revived = revive(**stored, name.text);
  if (revived) insert(*revived);
  return revived;
}

Result<Entity*> Group::obtain(const Event& event) {
  Result<Entity*> entity = recall(event.entity, event.sequence);
  if (!entity || *entity != nullptr) return entity;
  entity = factory_.create(slab_, event.entity, judge_.missing(event));
  insert(*entity);
  return entity;
}

Result<void> Group::unlearn(Name name, Time from, Time to, std::uint64_t sequence) {
  const Result<Entity*> entity = recall(name, sequence);
  if (!entity) return tl::unexpected(entity.error());
  if (*entity == nullptr) return {};
  const EntityParts parts(*entity);
  for (std::size_t i = 0; i < pipeline_.detectors.size(); ++i) {
    if (!pipeline_.keeps_state(i) || !parts.has(pipeline_.detectors[i].modality)) continue;
    pipeline_.detectors[i].detector->unlearn(parts.detector(i), (*entity)->columns, from, to);
  }
  return {};
}

void Group::tolerate(const FalseAlarm& alarm, Time now) {
  tolerances_.take(alarm, now);
  Entity* entity = table_[find(make_name(alarm.entity))].entity;
  if (entity != nullptr) entity->is_tolerated = tolerances_.of(alarm.entity) != nullptr;
}

void Group::maintain(const MaintenanceRequest& request, Time now) {
  if (request.ends) unlearned_.end(request.entities, now);
  std::optional<MaintenanceWindow> window = window_of(request, now);
  if (window && !window->is_learned) unlearned_.add(std::move(*window), now);
}

Result<void> Group::take_over(Bytes model, std::uint64_t sequence, TakenOver& count) {
  EntityCount of_model;
  Group learned(id_, pipeline_, factory_, judge_, nullptr, of_model);
  if (Result<void> loaded = learned.load(model); !loaded) return loaded;
  for (const Place& place : learned.table_) {
    if (place.entity == nullptr) continue;
    const EntityParts from(place.entity);
    if (!from.has(Modality::metrics)) continue;
    const Name name{from.name(), place.hash};
    const Result<Entity*> known = recall(name, sequence);
    if (!known) return tl::unexpected(known.error());
    Entity* entity = *known;
    if (entity == nullptr) {
      entity = factory_.create(slab_, name, {from.columns(), only(Modality::metrics)});
      entity->is_training = true;
      insert(entity);
      ++count.added;
    } else if (std::ranges::equal(EntityParts(entity).columns(), from.columns())) {
      ++count.entities;
    } else {
      ++count.kept;
      continue;
    }
    factory_.take_over(entity, place.entity);
  }
  for (const Place& place : table_) {
    if (place.entity == nullptr) continue;
    const EntityParts own(place.entity);
    if (!own.has(Modality::metrics)) continue;
    const std::size_t same = learned.find({own.name(), place.hash});
    if (learned.table_[same].entity == nullptr) ++count.unknown;
  }
  return {};
}

void Group::hand_asked(EntityParts entity) {
  judge_.set_asked(entity->is_tolerated ? tolerances_.of(entity.name()) : nullptr,
                   unlearned_.is_empty() ? nullptr : &unlearned_);
}

void Group::merge(std::span<const TemplateMerge> merges) {
  merges_.insert(merges_.end(), merges.begin(), merges.end());
  if (merges_.size() <= merges_max) return;
  // Half goes at once. What an entity did not hear of it learns anew.
  const std::size_t gone = merges_.size() - merges_max / 2;
  merges_.erase(merges_.begin(), merges_.begin() + static_cast<std::ptrdiff_t>(gone));
  merges_before_ += gone;
}

void Group::catch_up(EntityParts entity) {
  const std::uint64_t end = merges_before_ + merges_.size();
  if (entity->merges == end) return;
  if (entity.has(Modality::logs)) {
    for (std::uint64_t i = std::max(entity->merges, merges_before_); i < end; ++i) {
      judge_.merge(entity, merges_[i - merges_before_]);
    }
  }
  entity->merges = end;
}

Result<Verdict> Group::judge(const Event& event, Time clock, std::vector<Alert>& alerts) {
  clock_ = clock;
  Result<Entity*> obtained = obtain(event);
  if (!obtained) return tl::unexpected(obtained.error());
  Entity* entity = *obtained;
  const bool was_open = entity->is_open;
  EntityParts parts(entity);
  const Missing added = judge_.missing(parts, event);
  if (!added.empty()) {
    const std::size_t at = find(event.entity);
    entity = factory_.grow(slab_, entity, added);
    table_[at].entity = entity;
    parts = EntityParts(entity);
  }
  entity->was_used = true;
  if (!event.training) entity->source = event.position.partition;
  const std::optional<Modality> modality = modality_of(event.payload);
  const bool is_judged = modality && parts.has(*modality);
  if (is_judged) {
    __builtin_prefetch(&parts.state(*modality));
    __builtin_prefetch(parts.policy(*modality));
    prefetch_changes(parts);
  }
  catch_up(parts);
  hand_asked(parts);
  // What was due before this event is told first, whether or not a tick came in between.
  if (is_judged && !event.training && (entity->is_open || judge_.may_wake(parts))) {
    // A leap that the clock does not follow yet.
    if (stood_still(event.time)) judge_.stood_still(parts, {clock_, event.time});
    if (const std::optional<Time> since = silent_since(parts)) {
      judge_.stood_still(parts, {*since, event.time, true});
    }
    for (std::optional<Time> due = judge_.wake_time(parts, *modality); due && *due <= event.time;
         due = judge_.wake_time(parts, *modality)) {
      wake(parts, *modality, *due, event.sequence, alerts);
    }
  }
  const BudgetControl* control = control_ ? &*control_ : nullptr;
  const Verdict verdict = judge_.judge(parts, event, control, sums_, alerts);
  if (is_judged && !verdict.is_late && !verdict.is_duplicate) {
    const Duration behind = clock == time_none ? 0 : between(event.time, clock);
    parts.state(*modality).lag = behind == 0 ? 0 : add_saturated(behind, tick_interval);
  }
  if (!event.training && (entity->is_open || judge_.may_wake(parts))) set_timer(parts);
  count_open(was_open, *entity);
  return verdict;
}

std::uint64_t Group::left_out() const {
  std::uint64_t values = 0;
  for (const Place& place : table_) {
    if (place.entity != nullptr) values += place.entity->columns_dropped;
  }
  return values;
}

FleetSums Group::report(const Boundary& boundary) {
  reported_ = {boundary, sums_};
  return sums_;
}

}  // namespace retimu
