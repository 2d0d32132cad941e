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

}  // namespace
}  // namespace retimu
