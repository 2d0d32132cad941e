// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/tolerances.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace retimu {
namespace {

FalseAlarm alarm(std::string entity, std::string subject, double decades) {
  FalseAlarm alarm;
  alarm.entity = std::move(entity);
  alarm.parts = {{"gap_novelty", std::move(subject), decades}};
  return alarm;
}

TEST(TolerancesTest, TheLargerCountsUpToABound) {
  Tolerances tolerances;
  EXPECT_TRUE(tolerances.is_empty());
  tolerances.take(alarm("pump", "flow", 3), 10);
  tolerances.take(alarm("pump", "flow", 2), 20);
  ASSERT_NE(tolerances.of("pump"), nullptr);
  EXPECT_EQ(tolerances.of("pump")->at(0).decades, 3);
  EXPECT_EQ(tolerances.of("pump")->at(0).since, 10);
  tolerances.take(alarm("pump", "flow", 300), 30);
  EXPECT_EQ(tolerances.of("pump")->at(0).decades, Tolerances::decades_max);
  EXPECT_EQ(tolerances.of("pump")->at(0).since, 30);
  EXPECT_EQ(tolerances.of("valve"), nullptr);
}

TEST(TolerancesTest, AreTakenBack) {
  Tolerances tolerances;
  tolerances.take(alarm("pump", "flow", 3), 10);
  FalseAlarm back;
  back.entity = "pump";
  tolerances.take(back, 20);
  EXPECT_TRUE(tolerances.is_empty());
}

TEST(TolerancesTest, AnEntityHasSomeAndTheOldestGoes) {
  Tolerances tolerances;
  for (std::size_t i = 0; i <= Tolerances::of_entity_max; ++i) {
    tolerances.take(alarm("pump", fmt::format("column{}", i), 3), 10);
  }
  EXPECT_EQ(tolerances.of("pump")->size(), Tolerances::of_entity_max);
  EXPECT_EQ(tolerances.of("pump")->front().subject, "column1");
}

TEST(TolerancesTest, AGroupHasSomeEntitiesAndThoseKeepTheirs) {
  Tolerances tolerances;
  for (std::size_t i = 0; i <= Tolerances::entities_max; ++i) {
    tolerances.take(alarm(fmt::format("host{}", i), "load", 3), 10);
  }
  EXPECT_EQ(tolerances.all().size(), Tolerances::entities_max);
  EXPECT_EQ(tolerances.of(fmt::format("host{}", Tolerances::entities_max)), nullptr);
  tolerances.take(alarm("host0", "load", 4), 20);
  EXPECT_EQ(tolerances.of("host0")->at(0).decades, 4);
}

TEST(TolerancesTest, GoOnAfterARestart) {
  Tolerances tolerances;
  tolerances.take(alarm("pump", "flow", 3), 10);
  tolerances.take(alarm("pump", "", 1), 11);
  std::vector<std::byte> bytes;
  StateWriter writer(bytes);
  tolerances.visit(writer);
  Tolerances restored;
  StateReader reader(bytes);
  restored.visit(reader);
  ASSERT_TRUE(reader.finished());
  ASSERT_EQ(restored.of("pump")->size(), 2U);
  EXPECT_EQ(restored.of("pump")->at(0).decades, 3);
  EXPECT_EQ(restored.of("pump")->at(1).since, 11);
}

TEST(TolerancesTest, LowEvidenceStaysAndHighEvidenceStaysAboveIt) {
  EXPECT_EQ(tolerated(0.5, 3), 0.5);
  EXPECT_EQ(tolerated(1.5, 3), 1);
  EXPECT_EQ(tolerated(3.5, 3), 1);
  EXPECT_EQ(tolerated(9, 3), 6);
}

}  // namespace
}  // namespace retimu
