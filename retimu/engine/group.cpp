// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/group.hpp"

#include <algorithm>
#include <bit>

namespace retimu {

namespace {

constexpr std::uint32_t group_version = 2;
constexpr std::size_t table_places_first = 16;
constexpr std::size_t entities_stored_max = 100'000'000;
constexpr std::size_t entity_bytes_max = 1024UL * 1024 * 1024;
constexpr std::uint32_t open_none = UINT32_MAX;

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
    if (place.hash == name.hash && factory_.parts(place.entity).name() == name.text) break;
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
  std::size_t at = find({factory_.parts(entity).name(), entity->hash});
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

void Group::prefetch_entity(std::uint64_t entity_hash) const {
  const Place& place = table_[(entity_hash / group_count) & (table_.size() - 1)];
  if (place.hash != entity_hash) return;
  const auto* block = reinterpret_cast<const std::byte*>(place.entity);
  constexpr std::size_t lines = 8;
  for (std::size_t i = 0; i < lines; ++i) __builtin_prefetch(block + i * 64);
}

Result<void> Group::evict(Entity* entity, std::uint64_t sequence) {
  if (evicted_ != nullptr) {
    buffer_.clear();
    factory_.save(entity, buffer_);
    const std::string name(factory_.parts(entity).name());
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
    if (entity == nullptr || entity->is_open) continue;
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
  entity = factory_.create(slab_, event.entity, judge_.missing_columns({}, event));
  insert(*entity);
  return entity;
}

Result<void> Group::unlearn(Name name, Time from, Time to, std::uint64_t sequence) {
  const Result<Entity*> entity = recall(name, sequence);
  if (!entity) return tl::unexpected(entity.error());
  if (*entity == nullptr) return {};
  const EntityParts parts = factory_.parts(*entity);
  for (std::size_t i = 0; i < pipeline_.detectors.size(); ++i) {
    if (!pipeline_.keeps_state(i)) continue;
    pipeline_.detectors[i].detector->unlearn(parts.detector(i), (*entity)->columns, from, to);
  }
  return {};
}

Result<Verdict> Group::judge(const Event& event, Time clock, std::vector<Alert>& alerts) {
  Result<Entity*> obtained = obtain(event);
  if (!obtained) return tl::unexpected(obtained.error());
  Entity* entity = *obtained;
  EntityParts parts = factory_.parts(entity);
  const std::span<const ColumnId> added = judge_.missing_columns(parts, event);
  if (!added.empty()) {
    const std::size_t at = find(event.entity);
    entity = factory_.grow(slab_, entity, added);
    table_[at].entity = entity;
    if (entity->open_index != open_none) open_[entity->open_index] = entity;
    parts = factory_.parts(entity);
  }
  entity->was_used = true;
  // What the entity's silence ended before this event is told first, whether or not a tick came in
  // between.
  if (entity->is_open && !event.training) {
    const std::optional<Time> due = pipeline_.policy->wake_time(parts.policy());
    if (due && *due <= event.time) judge_.wake(parts, *due, event.sequence, alerts);
  }
  const BudgetControl* control = control_ ? &*control_ : nullptr;
  const Verdict verdict = judge_.judge(parts, event, control, sums_, alerts);
  if (!verdict.is_late && !verdict.is_duplicate) {
    const Duration behind = clock == time_none ? 0 : between(event.time, clock);
    entity->lag = behind == 0 ? 0 : add_saturated(behind, tick_interval);
  }
  note_open(entity);
  return verdict;
}

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

void Group::tick(Time time, std::uint64_t sequence, std::vector<Alert>& alerts) {
  const std::size_t first = alerts.size();
  for (std::size_t i = 0; i < open_.size();) {
    Entity* entity = open_[i];
    const EntityParts parts = factory_.parts(entity);
    const std::optional<Time> due = pipeline_.policy->wake_time(parts.policy());
    if (due && add_saturated(*due, entity->lag) <= time) {
      judge_.wake(parts, *due, sequence, alerts);
      note_open(entity);
    }
    if (entity->is_open) ++i;
  }
  std::sort(alerts.begin() + static_cast<std::ptrdiff_t>(first), alerts.end(),
            [](const Alert& a, const Alert& b) {
              return a.time != b.time ? a.time < b.time : a.entity < b.entity;
            });
}

std::uint64_t Group::left_out() const {
  std::uint64_t values = 0;
  for (const Place& place : table_) {
    if (place.entity != nullptr) values += place.entity->columns_dropped;
  }
  return values;
}

FleetSums Group::report(Time boundary) {
  reported_ = {boundary, sums_};
  return sums_;
}

void Group::save(std::vector<std::byte>& to) {
  StateWriter writer(to);
  writer.version(group_version);
  visit_sums(writer, sums_);
  writer.cell("boundary", reported_.boundary);
  visit_sums(writer, reported_.sums);
  std::uint8_t has_control = control_ ? 1 : 0;
  writer.cell("has_control", has_control);
  BudgetControl control = control_.value_or(BudgetControl{});
  visit_control(writer, control);
  std::uint8_t has_evicted = has_evicted_ ? 1 : 0;
  writer.cell("has_evicted", has_evicted);
  writer.count("entities", entities_, entities_stored_max);
  for (const Place& place : table_) {
    if (place.entity == nullptr) continue;
    const std::size_t length_at = to.size();
    writer.count("bytes", 0, entity_bytes_max);
    factory_.save(place.entity, to);
    const auto length = static_cast<std::uint32_t>(to.size() - length_at - 4);
    std::memcpy(to.data() + length_at, &length, sizeof length);
  }
}

Result<void> Group::load(Bytes from) {
  RETIMU_ASSERT(entities_ == 0);
  StateReader reader(from);
  const bool is_known = reader.version(group_version) == group_version;
  visit_sums(reader, sums_);
  reader.cell("boundary", reported_.boundary);
  visit_sums(reader, reported_.sums);
  std::uint8_t has_control = 0;
  reader.cell("has_control", has_control);
  BudgetControl control;
  visit_control(reader, control);
  if (has_control != 0) control_ = control;
  std::uint8_t has_evicted = 0;
  reader.cell("has_evicted", has_evicted);
  has_evicted_ = has_evicted != 0;
  const std::size_t entities = reader.count("entities", 0, entities_stored_max);
  for (std::size_t i = 0; i < entities && !reader.failed(); ++i) {
    const std::size_t bytes = reader.count("bytes", 0, entity_bytes_max);
    const std::optional<Bytes> part = reader.take_bytes(bytes);
    Entity* entity = part ? factory_.load(slab_, *part, rewarmed_) : nullptr;
    if (entity == nullptr) break;
    insert(entity);
    note_open(entity);
  }
  if (!is_known || entities_ != entities || !reader.finished()) {
    return failure(Fault::corrupt,
                   "the stored state of group {} is damaged or of a newer version; restore "
                   "data_dir from a backup or start with an empty one",
                   static_cast<unsigned>(id_));
  }
  std::ranges::sort(rewarmed_);
  const auto [first, last] = std::ranges::unique(rewarmed_);
  rewarmed_.erase(first, last);
  return {};
}

EntityReport Group::describe(Entity* entity) {
  return {std::string(factory_.parts(entity).name()),
          entity->events,
          entity->digest,
          entity->columns,
          entity->episodes,
          entity->block_bytes,
          entity->time,
          entity->phase,
          entity->is_open};
}

std::vector<EntityReport> Group::describe() {
  std::vector<EntityReport> list;
  for (const Place& place : table_) {
    if (place.entity != nullptr) list.push_back(describe(place.entity));
  }
  std::ranges::sort(list, {}, &EntityReport::name);
  return list;
}

void Group::each_saved(std::size_t count_max, const std::function<void(Bytes)>& call) {
  for (const Place& place : table_) {
    if (place.entity == nullptr) continue;
    if (count_max-- == 0) return;
    buffer_.clear();
    factory_.save(place.entity, buffer_);
    call(buffer_);
  }
}

Result<void> Group::describe_stored(Bytes state, std::vector<EntityReport>& to) {
  const Result<Entity*> entity = revive(state, "?");
  if (!entity) return tl::unexpected(entity.error());
  to.push_back(describe(*entity));
  factory_.destroy(slab_, *entity);
  return {};
}

}  // namespace retimu
