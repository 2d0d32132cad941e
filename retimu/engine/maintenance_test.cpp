// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/maintenance.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

TEST(MaintenanceTest, IsOfAnEntityAndATime) {
  const Maintenance maintenance({{{"pump-*", "valve"}, 10, 20, "seal", true}});
  EXPECT_FALSE(maintenance.is_empty());
  ASSERT_NE(maintenance.of("pump-1", 10), nullptr);
  EXPECT_EQ(maintenance.of("pump-1", 10)->reason, "seal");
  EXPECT_NE(maintenance.of("valve", 19), nullptr);
  EXPECT_EQ(maintenance.of("pump-1", 9), nullptr);
  EXPECT_EQ(maintenance.of("pump-1", 20), nullptr);
  EXPECT_EQ(maintenance.of("pump", 15), nullptr);
}

TEST(MaintenanceTest, OfSeveralTheOneThatEndsLast) {
  const Maintenance maintenance(
      {{{}, 0, 10, "first", true}, {{}, 5, 30, "last", true}, {{}, 5, 20, "middle", true}});
  EXPECT_EQ(maintenance.of("a", 6)->reason, "last");
  EXPECT_EQ(maintenance.of("a", 3)->reason, "first");
}

TEST(MaintenanceTest, IsLearnedUnlessOneSaysNo) {
  const Maintenance maintenance({{{}, 0, 10, "a", true}, {{"x"}, 5, 8, "b", false}});
  EXPECT_TRUE(maintenance.is_learned("x", 4));
  EXPECT_FALSE(maintenance.is_learned("x", 5));
  EXPECT_TRUE(maintenance.is_learned("y", 5));
  EXPECT_TRUE(maintenance.is_learned("x", 8));
  EXPECT_TRUE(Maintenance().is_learned("x", 5));
}

TEST(MaintenanceTest, KeepsSoManyWindowsAndForgetsOldOnes) {
  Maintenance maintenance;
  for (std::size_t i = 0; i <= maintenance_max; ++i) {
    const auto at = static_cast<Time>(i);
    maintenance.add({{"pump"}, 0, hour + at * second, "seal", true}, 0);
  }
  EXPECT_EQ(maintenance.windows().size(), maintenance_max);
  EXPECT_EQ(maintenance.windows().front().to, hour + second) << "the one that ends first has gone";
  maintenance.add({{"pump"}, 3 * day, 4 * day, "seal", true}, 3 * day);
  EXPECT_EQ(maintenance.windows().size(), 1U);
  maintenance.add({{"pump"}, 3 * day, 4 * day, "seal", true}, 3 * day);
  EXPECT_EQ(maintenance.windows().size(), 1U) << "the same is one";
}

TEST(MaintenanceTest, AWindowThatIsOverBeforeItBeginsIsNone) {
  MaintenanceRequest request;
  request.to = 5 * second;
  EXPECT_TRUE(window_of(request, 4 * second));
  EXPECT_FALSE(window_of(request, 5 * second));
  request.ends = true;
  EXPECT_FALSE(window_of(request, 4 * second));
}

}  // namespace
}  // namespace retimu
