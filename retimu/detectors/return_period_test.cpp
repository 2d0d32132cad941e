// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/return_period.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace retimu {
namespace {

TEST(ReturnPeriod, IsTheMeanOfFourGapsOrTheOneThatEndsNow) {
  ReturnPeriod<2> period;
  EXPECT_EQ(period.minutes(1, 0, hour), 60);  // since it was watched
  period.add(1, 0, hour);                     // gaps: 60
  EXPECT_EQ(period.minutes(1, 0, hour + 20 * minute), 60);
  period.add(1, 0, hour + 20 * minute);  // 60, 20
  EXPECT_EQ(period.minutes(1, 0, hour + 40 * minute), 40);
  EXPECT_EQ(period.minutes(1, 0, 3 * hour), 100);
  period.add(1, 0, 3 * hour);                // 60, 20, 100
  period.add(1, 0, 3 * hour + 20 * minute);  // and 20
  EXPECT_EQ(period.minutes(1, 0, 3 * hour + 20 * minute), 50);
  period.add(1, 0, 3 * hour + 40 * minute);  // 20 in place of 60
  EXPECT_EQ(period.minutes(1, 0, 3 * hour + 40 * minute), 40);
  EXPECT_EQ(period.minutes(2, 0, 3 * hour + 40 * minute), 220);  // none of that level
}

TEST(ReturnPeriod, WhatIsMoreUnusualCountsForWhatIsLess) {
  ReturnPeriod<2> period;
  period.add(2, 0, 40 * minute);
  EXPECT_EQ(period.minutes(1, 0, 50 * minute), 40);
  period.add(1, 0, hour);
  EXPECT_EQ(period.minutes(1, 0, hour), 30);  // 40 and 20
  EXPECT_EQ(period.minutes(2, 0, hour), 40);
  EXPECT_EQ(period.minutes(0, 0, day), 0);
}

TEST(ReturnPeriod, WithinTenMinutesItIsTheSame) {
  ReturnPeriod<1> period;
  EXPECT_FALSE(period.is_same(1, 0));
  period.add(1, 0, hour);
  EXPECT_TRUE(period.is_same(1, hour + 10 * minute - 1));
  EXPECT_FALSE(period.is_same(1, hour + 10 * minute));
  period.add(1, 0, hour + 9 * minute);  // counts for nothing
  EXPECT_EQ(period.minutes(1, 0, hour + 9 * minute), 60);
  EXPECT_FALSE(period.is_same(1, hour + 10 * minute));
}

}  // namespace
}  // namespace retimu
