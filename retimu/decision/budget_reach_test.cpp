// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/budget_reach.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retimu {
namespace {

TEST(BudgetReach, IsCountedByHand) {
  // 100 entities a minute a reading, 2 a day: one alert of each in 71.4 days, 102,857 readings.
  const BudgetReach minutes = budget_reach(2, 100, 1'440);
  EXPECT_NEAR(minutes.silent_days, 256.0 / 1'440, 1e-12);
  EXPECT_NEAR(minutes.seen_days, 100 / 1.4, 1e-9);
  EXPECT_NEAR(minutes.trusted_days, 1 / 1.4, 1e-9);
  EXPECT_LT(minutes.beyond, 0);
  EXPECT_EQ(reach_text(minutes), "nothing before 5h; trusted after 18h, seen after 72d");
  // A reading a second: 3.03 days are remembered.
  const BudgetReach seconds = budget_reach(2, 100, 86'400);
  EXPECT_TRUE(std::isinf(seconds.seen_days));
  EXPECT_NEAR(seconds.beyond, std::log10(100 / 1.4 / (262'144 / 86'400.0)), 1e-9);
  EXPECT_EQ(reach_text(seconds),
            "nothing before 5m; trusted after 18h, 1.4 decades stay beyond what is seen");
  const BudgetReach many = budget_reach(2, 100'000, 86'400);
  EXPECT_TRUE(std::isinf(many.trusted_days));
  EXPECT_EQ(reach_text(many),
            "nothing before 5m; never more than roughly: 4.4 decades stay beyond what is seen");
}

// Nothing is trusted before anything is said.
TEST(BudgetReach, WaitsForTheFirstReadings) {
  const BudgetReach slow = budget_reach(24, 1, 1);
  EXPECT_EQ(slow.silent_days, 256);
  EXPECT_EQ(slow.trusted_days, 256);
  EXPECT_EQ(slow.seen_days, 256);
}

}  // namespace
}  // namespace retimu
