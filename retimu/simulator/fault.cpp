// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/fault.hpp"

#include "retimu/core/hash.hpp"

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

constexpr Duration apart = hour;           // between two faults of one entity
constexpr Duration told_after = hour / 2;  // the last fault is this far from the end
constexpr double wrong_load = 0.35;        // by which a decoupled column is off
constexpr std::size_t spike_readings_max = 3;
constexpr std::size_t tries_max = 200;

// What the fault does to one column, in the column's unit.
double amount_of(const FaultEntry& entry, const EntityModel& model, std::size_t column,
                 double weight, double size, Time begin) {
  const double load = model.expected_load(begin);
  switch (entry.kind) {
    case FaultKind::dropout: return -model.expected(column, load);
    case FaultKind::decoupling:
      return weight * model.gain(column) * (load < 0.5 ? wrong_load : -wrong_load);
    default: return weight * size * model.sigma(column);
  }
}

// Who may get a fault, and when they are free again.
class Schedule {
 public:
  Schedule(std::span<const EntityModel> plant, const PlanOptions& options, Noise& noise)
      : plant_(plant), options_(options), free_(plant.size(), options.begin), count_(plant.size()) {
    for (std::size_t i = 0; i < plant.size(); ++i) entities_.push_back(i);
    for (std::size_t i = entities_.size(); i > 1; --i) {
      std::swap(entities_[i - 1], entities_[noise.below(i)]);
    }
    entities_.resize((2 * entities_.size() + 2) / 3);
  }

  // None: every try met an entity that has no such fault or is not free.
  std::optional<FaultPlan> place(FaultKind kind, Time from, Time to, Noise& noise) {
    for (std::size_t i = 0; i < tries_max; ++i) {
      const std::size_t entity = choose_entity(noise);
      const EntityModel& model = plant_[entity];
      const FaultEntry* entry = choose(kind, model.kind().name, noise);
      const Time begin = model.reading_after(
          from + static_cast<Duration>(noise.uniform() * static_cast<double>(to - from)));
      if (entry == nullptr || begin < free_[entity]) continue;
      const Time end = std::min(model.reading_after(begin + duration(kind, noise)), options_.end);
      const double size = noise.uniform(entry->size_low, entry->size_high);
      ++count_[entity];
      // A level shift stays, but another fault may come on top of it.
      free_[entity] = (kind == FaultKind::level_shift ? begin + apart : end) + apart;
      return FaultPlan{
          entity,
          PlannedFault(*entry, model, begin, end, size,
                       mix(options_.seed, hash(model.name(), static_cast<std::uint64_t>(begin))))};
    }
    return std::nullopt;
  }

 private:
  // Of two, the one that has had fewer faults.
  std::size_t choose_entity(Noise& noise) const {
    const std::size_t one = entities_[noise.below(entities_.size())];
    const std::size_t other = entities_[noise.below(entities_.size())];
    return count_[other] < count_[one] ? other : one;
  }

  static const FaultEntry* choose(FaultKind kind, std::string_view entity_kind, Noise& noise) {
    const FaultEntry* chosen = nullptr;
    std::uint64_t seen = 0;
    for (const FaultEntry& entry : fault_catalogue()) {
      if (entry.kind != kind || entry.entity_kind != entity_kind) continue;
      if (noise.below(++seen) == 0) chosen = &entry;
    }
    return chosen;
  }

  Duration duration(FaultKind kind, Noise& noise) const {
    if (kind == FaultKind::spike) {
      return static_cast<Duration>(1 + noise.below(spike_readings_max)) * options_.interval;
    }
    if (kind == FaultKind::level_shift) return options_.end - options_.begin;
    const Lasting range = lasting(kind);
    return std::max(options_.interval,
                    static_cast<Duration>(noise.uniform(static_cast<double>(range.low),
                                                        static_cast<double>(range.high))));
  }

  std::span<const EntityModel> plant_;
  const PlanOptions& options_;
  std::vector<std::size_t> entities_;
  std::vector<Time> free_;
  std::vector<std::size_t> count_;
};

}  // namespace

PlannedFault::PlannedFault(const FaultEntry& entry, const EntityModel& model, Time begin, Time end,
                           double size, std::uint64_t seed)
    : label_{entry.kind, model.name(), {}, begin, end, size}, noise_(seed) {
  for (const Effect& effect : entry.effects) {
    if (effect.column.empty()) continue;
    const std::optional<std::size_t> column = model.kind().find(effect.column);
    RETIMU_ASSERT(column.has_value());
    effects_.push_back({*column, amount_of(entry, model, *column, effect.weight, size, begin)});
    label_.columns.emplace_back(effect.column);
  }
  const ColumnEffect& first = effects_.front();
  label_.size = std::abs(first.amount) / model.sigma(first.column);
}

void PlannedFault::apply(Time time, std::span<double> row) {
  if (time < label_.begin || time >= label_.end) return;
  const double passed =
      static_cast<double>(time - label_.begin) / static_cast<double>(label_.end - label_.begin);
  for (const ColumnEffect& effect : effects_) {
    double& value = row[effect.column];
    switch (label_.kind) {
      case FaultKind::spike:
      case FaultKind::level_shift:
      case FaultKind::decoupling: value += effect.amount; break;
      case FaultKind::drift: value += passed * effect.amount; break;
      case FaultKind::noise_burst: value += noise_.normal() * effect.amount; break;
      case FaultKind::dropout: value = 0; break;
    }
  }
}

Result<std::vector<FaultPlan>> plan_faults(std::span<const EntityModel> plant,
                                           const PlanOptions& options) {
  std::vector<FaultPlan> plans;
  if (options.faults == 0) return plans;
  Noise noise(mix(options.seed, hash("faults")));
  Schedule schedule(plant, options, noise);
  std::vector<FaultKind> kinds;
  for (std::size_t i = 0; i < fault_kind_count; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    kinds.insert(kinds.end(), share_of(kind), kind);
  }

  // Each fault has its own slot of time, so that they come one after the other.
  const Time first = options.begin + (options.end - options.begin) / 4;
  const Duration slot = (options.end - told_after - first) / static_cast<Duration>(options.faults);
  for (std::size_t i = 0; i < options.faults; ++i) {
    const std::size_t turn = i % kinds.size();
    std::swap(kinds[turn], kinds[turn + noise.below(kinds.size() - turn)]);
    const Time from = first + static_cast<Duration>(i) * slot;
    std::optional<FaultPlan> plan;
    if (slot > 0) plan = schedule.place(kinds[turn], from, from + slot, noise);
    if (!plan) {
      return failure(Fault::usage,
                     "{} faults do not fit: {} did; simulate more hours or more entities",
                     options.faults, i);
    }
    plans.push_back(std::move(*plan));
  }
  return plans;
}

}  // namespace retimu
