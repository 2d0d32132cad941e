// SPDX-License-Identifier: Apache-2.0
#include "retimu/stats/baseline.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

// 1 to 16: the upper median is 9, the median distance from it 4 (0 1 1 2 2 3 3 4 4 5 5 ...).
TEST(Baseline, BeginsWithTheMedianOfTheFirstValues) {
  Baseline baseline;
  for (int i = 1; i <= 16; ++i) {
    EXPECT_FALSE(baseline.is_known());
    baseline.learn(i, 100);
  }
  ASSERT_TRUE(baseline.is_known());
  EXPECT_EQ(baseline.centre(), 9);
  EXPECT_DOUBLE_EQ(baseline.deviation(), 1.2533 * 1.18 * 4);
  EXPECT_NEAR(baseline.units(9 + 2 * baseline.deviation()), 2, 1e-6);
  EXPECT_NEAR(baseline.units(9 - 2 * baseline.deviation()), -2, 1e-6);
}

// Of a window of 17 values the 17th has a share of 1 / 17.
TEST(Baseline, AValueCountsAsAtMostEightDeviationsAway) {
  Baseline baseline;
  for (int i = 1; i <= 16; ++i) baseline.learn(i, 17);
  const double deviation = baseline.deviation();
  baseline.learn(1e300, 17);
  EXPECT_DOUBLE_EQ(baseline.centre(), 9 + 8 * deviation / 17);
}

TEST(Baseline, ALastingChangeIsLearned) {
  Baseline baseline;
  for (int i = 0; i < 1'000; ++i) baseline.learn(i % 2, 100);
  for (int i = 0; i < 2'000; ++i) baseline.learn(1'000 + i % 2, 100);
  EXPECT_NEAR(baseline.centre(), 1'000.5, 0.1);
  EXPECT_NEAR(baseline.deviation(), 1.2533 * 0.5, 0.1);
}

TEST(Baseline, AConstantHasNoDeviation) {
  Baseline baseline;
  for (int i = 0; i < 100; ++i) baseline.learn(7, 100);
  EXPECT_EQ(baseline.deviation(), 0);
  EXPECT_EQ(baseline.units(7), 0);
  EXPECT_GT(baseline.units(7.1), 1e6);
}

}  // namespace
}  // namespace retimu
