// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/count.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace retimu {
namespace {

TEST(Count, IsWhatWasCountedASecond) {
  Count count;
  EXPECT_FALSE(count.rate(1'000, 10 * second));
  EXPECT_DOUBLE_EQ(count.rate(1'500, 20 * second).value(), 50);
  EXPECT_DOUBLE_EQ(count.rate(1'500, 21 * second).value(), 0);
  EXPECT_DOUBLE_EQ(count.rate(1'501, 21 * second + millisecond).value(), 1'000);
}

TEST(Count, BeginsAnewAtZero) {
  Count count;
  count.rate(1e6, 0);
  EXPECT_DOUBLE_EQ(count.rate(30, 10 * second).value(), 3);
  EXPECT_DOUBLE_EQ(count.rate(50, 20 * second).value(), 2);
}

TEST(Count, HasNoRateWhereTimeDoesNotGoOn) {
  Count count;
  count.rate(10, 100 * second);
  EXPECT_FALSE(count.rate(20, 100 * second));
  EXPECT_FALSE(count.rate(30, 90 * second));
  EXPECT_DOUBLE_EQ(count.rate(40, 100 * second).value(), 1);
}

TEST(Count, AbsurdValuesHaveNoRate) {
  constexpr double most = std::numeric_limits<double>::max();
  Count count;
  count.rate(1, std::numeric_limits<Time>::min() + 1);
  EXPECT_TRUE(count.rate(2, std::numeric_limits<Time>::max()));
  EXPECT_FALSE(count.rate(-1, std::numeric_limits<Time>::max()));
  count = {};
  count.rate(0, 0);
  EXPECT_FALSE(count.rate(most, 1));
  EXPECT_FALSE(count.rate(-most, second));
  EXPECT_FALSE(count.rate(most, 2 * second));
}

}  // namespace
}  // namespace retimu
