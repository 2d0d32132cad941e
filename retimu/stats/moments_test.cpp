// SPDX-License-Identifier: Apache-2.0
#include "retimu/stats/moments.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

TEST(ExponentialMean, BeginsAsThePlainMean) {
  ExponentialMean mean;
  for (const double value : {1.0, 2.0, 3.0, 6.0}) mean.learn(value, 100);
  EXPECT_DOUBLE_EQ(mean.value(), 3);
}

TEST(ExponentialMean, ForgetsWithItsWindow) {
  ExponentialMean mean;
  mean.start(0, 9, 9);
  mean.learn(10, 9);  // moves by 2 / (9 + 1)
  EXPECT_DOUBLE_EQ(mean.value(), 2);
}

TEST(SimpleMean, IsTheMeanOfItsWindow) {
  SimpleMean mean;
  for (int i = 1; i <= 100; ++i) mean.learn(i, 10);
  EXPECT_DOUBLE_EQ(mean.value(), 95.5);
}

TEST(UsualSize, OneValueCountsAtMostFourTimes) {
  UsualSize size;
  for (int i = 0; i < 100; ++i) size.learn(1, 0.1, 0.5);
  const float before = size.mean;
  size.learn(1e9, 0.1, 0.5);
  EXPECT_NEAR(size.mean, 0.9 * before + 0.4 * before, 1e-5);
}

TEST(Moved, StaysFiniteBetweenTheLargestDoubles) {
  constexpr double largest = std::numeric_limits<double>::max();
  EXPECT_TRUE(std::isfinite(moved(largest, -largest, 0.5)));
  EXPECT_TRUE(std::isfinite(moved(largest, largest, 0.3)));
}

}  // namespace
}  // namespace retimu
