// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/inspection.hpp"

#include "retimu/engine/admission.hpp"
#include "retimu/engine/configuration.hpp"
#include "retimu/engine/positions.hpp"
#include "retimu/engine/teller.hpp"
#include "retimu/storage/sqlite_store.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr std::size_t tried_of_group_max = 4;  // entities; of 64 groups

// Loads group after group; only one is in memory at a time.
class Inspector {
 public:
  Inspector(const Pipeline& pipeline, SqliteStore& store, Inspection& to)
      : pipeline_(pipeline),
        store_(store),
        to_(to),
        factory_(pipeline),
        judge_(pipeline),
        probe_(pipeline) {}
  const std::vector<Tried>& tried() const { return probe_.results(); }

  Result<void> look(GroupId id) {
    const Result<std::optional<StoredGroup>> stored = store_.restore(id);
    if (!stored) return tl::unexpected(stored.error());
    if (!*stored) return {};
    EntityCount count;
    Group group(id, pipeline_, factory_, judge_, nullptr, count);
    if (Result<void> loaded = group.load((*stored)->state); !loaded) return loaded;
    group.each_saved(tried_of_group_max, [&](Bytes entity) { probe_.try_on(entity); });
    std::vector<EntityReport> part = group.describe();
    std::ranges::move(part, std::back_inserter(to_.entities));
    to_.tolerances.insert(group.tolerances().all().begin(), group.tolerances().all().end());
    if (is_first_ || (*stored)->sequence < to_.sequence) {
      to_.sequence = (*stored)->sequence;
      StateReader reader((*stored)->admission);
      Admission admission({});
      admission.visit(reader);
      to_.clock = admission.watermark();
      if (Result<void> named = name(read_positions(reader)); !named) return named;
      is_first_ = false;
    }
    return store_.entities().each(id, [&](std::string_view, Bytes state) {
      return group.describe_stored(state, to_.entities);
    });
  }

 private:
  Result<void> name(const std::vector<Position>& positions) {
    const Result<std::vector<Partition>> known = store_.known();
    if (!known) return tl::unexpected(known.error());
    to_.positions.clear();
    for (const Position& position : positions) {
      const auto one = std::ranges::find(*known, position.partition, &Partition::number);
      to_.positions.push_back(
          {one == known->end() ? fmt::format("{:08x}", position.partition) : one->name,
           position.offset});
    }
    return {};
  }

  const Pipeline& pipeline_;
  SqliteStore& store_;
  Inspection& to_;
  EntityFactory factory_;
  Judge judge_;
  Probe probe_;
  bool is_first_ = true;
};

}  // namespace

std::uint64_t digest_of(const std::vector<EntityReport>& entities) {
  std::uint64_t sum = 0;
  for (const EntityReport& entity : entities) sum += mix(hash(entity.name), entity.digest);
  return sum;
}

Result<Inspection> inspect(const std::string& data_dir) {
  StoreOptions options;
  options.data_dir = data_dir;
  options.read_only = true;
  Result<std::unique_ptr<SqliteStore>> store = open_store(options);
  if (!store) return tl::unexpected(store.error());
  const Result<StoreSummary> summary = (*store)->summary();
  if (!summary) return tl::unexpected(summary.error());
  const Result<Configuration> configuration =
      parse_configuration(summary->pipeline, data_dir + " (its configuration)");
  if (!configuration) return tl::unexpected(configuration.error());
  Columns columns;
  const auto pipeline = build_pipeline(*configuration, columns);
  if (!pipeline) return tl::unexpected(pipeline.error());

  Inspection inspection;
  inspection.store = *summary;
  const Result<std::vector<std::byte>> teller_state = (*store)->teller();
  if (!teller_state) return tl::unexpected(teller_state.error());
  if (!teller_state->empty()) {
    Teller teller({.budget_per_day = (*pipeline)->budget_per_day, .seed = (*pipeline)->seed});
    StateReader reader(*teller_state);
    teller.visit(reader);
    inspection.held_back = teller.held_back();
    for (const MaintenanceWindow& window : teller.maintenance()) {
      inspection.maintenance.push_back(window);
    }
  }
  Inspector inspector(**pipeline, **store, inspection);
  for (std::size_t i = 0; i < group_count; ++i) {
    if (Result<void> looked = inspector.look(static_cast<GroupId>(i)); !looked) {
      return tl::unexpected(looked.error());
    }
  }
  std::erase_if(inspection.maintenance, [&](const MaintenanceWindow& window) {
    return inspection.clock != time_none && window.to <= inspection.clock;
  });
  inspection.tried = inspector.tried();
  std::ranges::sort(inspection.entities, {}, &EntityReport::name);
  inspection.digest = digest_of(inspection.entities);
  return inspection;
}

}  // namespace retimu
