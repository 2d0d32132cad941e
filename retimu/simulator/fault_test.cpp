// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/fault.hpp"

#include "retimu/simulator/faults.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace retimu {
namespace {

constexpr Time begin = simulation_begin, end = simulation_begin + day;
constexpr Duration interval = 10 * second;

std::vector<EntityModel> plant_of(std::size_t entities) {
  return make_plant(entities, 1, begin, interval);
}

PlanOptions options_of(std::size_t faults, std::uint64_t seed) {
  return {.faults = faults, .seed = seed, .begin = begin, .end = end, .interval = interval};
}

const FaultEntry& entry_of(FaultKind kind, std::string_view entity_kind) {
  for (const FaultEntry& entry : fault_catalogue()) {
    if (entry.kind == kind && entry.entity_kind == entity_kind) return entry;
  }
  RETIMU_ASSERT(false);
}

TEST(FaultCatalogue, NamesAreReadBackAndColumnsExist) {
  for (std::size_t i = 0; i < fault_kind_count; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    EXPECT_EQ(parse_fault_kind(name_of(kind)), kind);
  }
  EXPECT_EQ(parse_fault_kind("meteor"), std::nullopt);
  for (const FaultEntry& entry : fault_catalogue()) {
    bool is_known = false;
    for (const EntityKind& kind : entity_kinds()) {
      if (kind.name != entry.entity_kind) continue;
      is_known = true;
      for (const Effect& effect : entry.effects) {
        EXPECT_TRUE(effect.column.empty() || kind.find(effect.column)) << effect.column;
      }
    }
    EXPECT_TRUE(is_known) << entry.entity_kind;
    EXPECT_FALSE(entry.effects[0].column.empty()) << entry.story;
  }
}

TEST(PlanFaults, KeepsItsPromisesForManySeeds) {
  const std::vector<EntityModel> plant = plant_of(12);
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto plans = plan_faults(plant, options_of(12, seed));
    ASSERT_TRUE(plans) << "seed " << seed << ": " << plans.error().message;
    ASSERT_EQ(plans->size(), 12U);
    std::set<std::size_t> entities;
    std::array<std::size_t, fault_kind_count> of_kind{};
    Time last = begin;
    for (std::size_t i = 0; i < plans->size(); ++i) {
      const FaultLabel& label = (*plans)[i].fault.label();
      const EntityModel& model = plant[(*plans)[i].entity];
      EXPECT_EQ(label.entity, model.name());
      entities.insert((*plans)[i].entity);
      ++of_kind[static_cast<std::size_t>(label.kind)];
      EXPECT_GE(label.begin, begin + day / 4) << "seed " << seed;
      EXPECT_LT(label.begin, end - hour / 4) << "seed " << seed;
      EXPECT_GT(label.end, label.begin);
      EXPECT_LE(label.end, end);
      EXPECT_EQ(model.reading_after(label.begin), label.begin);
      EXPECT_GE(label.size, 3) << "seed " << seed << " " << name_of(label.kind);
      EXPECT_GE(label.begin, last);
      last = label.begin;
    }
    EXPECT_LE(entities.size(), 8U) << "some entities must stay healthy";
    for (std::size_t i = 0; i < of_kind.size(); ++i) {
      EXPECT_EQ(of_kind[i], share_of(static_cast<FaultKind>(i))) << "seed " << seed;
    }
  }
}

TEST(PlanFaults, SaysWhenTheyDoNotFit) {
  const auto plans = plan_faults(plant_of(2), options_of(500, 1));
  ASSERT_FALSE(plans);
  EXPECT_EQ(plans.error().fault, Fault::usage);
  EXPECT_NE(plans.error().message.find("500 faults do not fit"), std::string::npos)
      << plans.error().message;
}

TEST(PlannedFault, EachKindChangesItsColumnsWhileItLasts) {
  const std::vector<EntityModel> plant = plant_of(2);
  const EntityModel& pump = plant[0];
  const Time from = pump.reading_after(begin + 10 * hour), to = from + 100 * interval;
  const std::array<double, 5> usual = {5.5, 18, 44, 1.7, 11};
  for (std::size_t i = 0; i < fault_kind_count; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    const FaultEntry& entry = entry_of(kind, "pump");
    PlannedFault fault(entry, pump, from, to, 10, 1);
    const std::size_t column = *pump.kind().find(entry.effects[0].column);
    double greatest = 0;
    for (Time time = from - 5 * interval; time < to + 5 * interval; time += interval) {
      std::array<double, 5> row = usual;
      fault.apply(time, row);
      // A drift begins at nothing.
      const bool is_seen = time >= (kind == FaultKind::drift ? from + interval : from) && time < to;
      EXPECT_EQ(row != usual, is_seen) << name_of(kind) << " " << (time - from) / interval;
      greatest = std::max(greatest, std::abs(row[column] - usual[column]));
    }
    const double sigmas = greatest / pump.sigma(column);
    if (kind == FaultKind::noise_burst) {
      EXPECT_GT(sigmas, 15);
      EXPECT_LT(sigmas, 50);
    } else if (kind == FaultKind::dropout) {
      EXPECT_DOUBLE_EQ(greatest, usual[column]);
    } else if (kind == FaultKind::decoupling) {
      EXPECT_NEAR(sigmas, fault.label().size, 1e-9);
    } else {
      EXPECT_NEAR(sigmas, 10, kind == FaultKind::drift ? 0.2 : 1e-9) << name_of(kind);
    }
    EXPECT_EQ(fault.label().columns[0], entry.effects[0].column);
  }
}

}  // namespace
}  // namespace retimu
