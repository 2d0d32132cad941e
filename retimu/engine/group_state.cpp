// SPDX-License-Identifier: Apache-2.0
// The stored form of a group, and what it says of its entities.
#include "retimu/engine/group.hpp"
#include "retimu/text/visit_list.hpp"

#include <algorithm>
#include <cstring>

namespace retimu {

namespace {

constexpr std::uint32_t group_version = 7, group_version_least = 2;
constexpr std::size_t entities_stored_max = 100'000'000;
constexpr std::size_t entity_bytes_max = 1024UL * 1024 * 1024;

}  // namespace

void Group::visit_merges(StateVisitor& visitor) {
  visitor.cell("merges_before", merges_before_);
  visit_list(visitor, "merges", merges_, merges_max, [&](TemplateMerge& merge) {
    visitor.cell("from", merge.from);
    visitor.cell("to", merge.to);
  });
}

void Group::visit_silent(StateVisitor& visitor) {
  constexpr std::size_t silent_max = 10'000;
  visit_list(visitor, "silent", silent_, silent_max, [&](SilentSource& one) {
    visitor.cell("source", one.source);
    visitor.cell("since", one.since);
  });
}

void Group::save(std::vector<std::byte>& to) {
  StateWriter writer(to);
  writer.version(group_version);
  visit_sums(writer, sums_);
  writer.cell("boundary", reported_.boundary.time);
  visit_sums(writer, reported_.sums);
  std::uint8_t has_control = control_ ? 1 : 0;
  writer.cell("has_control", has_control);
  BudgetControl control = control_.value_or(BudgetControl{});
  visit_control(writer, control);
  std::uint8_t has_evicted = has_evicted_ ? 1 : 0;
  writer.cell("has_evicted", has_evicted);
  visit_merges(writer);
  writer.cell("clock", clock_);
  visit_silent(writer);
  tolerances_.visit(writer);
  unlearned_.visit(writer);
  writer.cell("era", reported_.boundary.era);
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
  const std::uint32_t version = reader.version(group_version);
  const bool is_known = version >= group_version_least;
  visit_sums(reader, sums_);
  reader.cell("boundary", reported_.boundary.time);
  visit_sums(reader, reported_.sums);
  std::uint8_t has_control = 0;
  reader.cell("has_control", has_control);
  BudgetControl control;
  visit_control(reader, control);
  if (has_control != 0) control_ = control;
  std::uint8_t has_evicted = 0;
  reader.cell("has_evicted", has_evicted);
  has_evicted_ = has_evicted != 0;
  if (version >= 3) visit_merges(reader);
  if (version >= 4) reader.cell("clock", clock_);
  if (version >= 5) visit_silent(reader);
  if (version >= 6) {
    tolerances_.visit(reader);
    unlearned_.visit(reader);
  }
  if (version >= 7) reader.cell("era", reported_.boundary.era);
  const std::size_t entities = reader.count("entities", 0, entities_stored_max);
  for (std::size_t i = 0; i < entities && !reader.failed(); ++i) {
    const std::size_t bytes = reader.count("bytes", 0, entity_bytes_max);
    const std::optional<Bytes> part = reader.take_bytes(bytes);
    Entity* entity = part ? factory_.load(slab_, *part, rewarmed_) : nullptr;
    if (entity == nullptr) break;
    insert(entity);
    count_open(false, *entity);
    // As in judge(): what was only taught waits for nothing.
    if (!entity->is_training) set_timer(EntityParts(entity));
  }
  if (!is_known || entities_ != entities || !reader.finished()) {
    return failure(Fault::corrupt,
                   "the stored state of group {} is damaged or of a newer version; restore "
                   "data_dir from a backup or start with an empty one",
                   static_cast<unsigned>(id_));
  }
  std::ranges::sort(rewarmed_);
  rewarmed_.erase(std::unique(rewarmed_.begin(), rewarmed_.end()), rewarmed_.end());
  return {};
}

EntityReport Group::describe(Entity* entity) {
  return {std::string(EntityParts(entity).name()),
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
