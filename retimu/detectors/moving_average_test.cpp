// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/moving_average.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

using Exponential = MovingAverage<ExponentialMean>;

template <class Average>
double feed(const Average& average, typename Average::State& state, double value) {
  typename Average::Work work;
  const double score = average.score(state, value, work);
  average.learn(state, value, work);
  return score;
}

TEST(MovingAverage, AbstainsForSixteenReadings) {
  const Exponential average;
  Exponential::State state;
  for (int i = 0; i < 16; ++i) EXPECT_TRUE(std::isnan(feed(average, state, i % 2))) << i;
  EXPECT_FALSE(std::isnan(feed(average, state, 0)));
}

TEST(MovingAverage, ScoresInUnitsOfTheUsualDistance) {
  const Exponential average{.window = 64};
  Exponential::State state;
  // 9, 11, 9, 11 …: mean 10, distance 1.
  for (int i = 0; i < 2'000; ++i) feed(average, state, i % 2 == 0 ? 9 : 11);
  Exponential::Work work;
  EXPECT_NEAR(average.score(state, 15, work), 5, 0.3);
  EXPECT_NEAR(average.score(state, 5, work), 5, 0.3);
  EXPECT_LT(average.score(state, 10, work), 0.2);
  const Range range = average.expected(state);
  EXPECT_NEAR(range.low, 10 - 3.76, 0.3);
  EXPECT_NEAR(range.high, 10 + 3.76, 0.3);
}

TEST(MovingAverage, AConstantColumnThatChangesStandsOutAndRoundingDoesNot) {
  const Exponential average;
  Exponential::State state;
  for (int i = 0; i < 500; ++i) feed(average, state, 20);
  Exponential::Work work;
  EXPECT_EQ(average.score(state, 20 + 1e-9, work), 0);
  EXPECT_GT(average.score(state, 20.5, work), 100);
}

TEST(MovingAverage, SeesALevelThatMovesLessThanReadingsStray) {
  const Exponential average{.window = 64};
  Exponential::State state;
  Random random(4);
  double usual = 0;
  for (int i = 0; i < 20'000; ++i) {
    const double score = feed(average, state, bell(random));
    if (i > 10'000) usual = std::max(usual, score);
  }
  double shifted = 0;
  for (int i = 0; i < 100; ++i) shifted = std::max(shifted, feed(average, state, 2 + bell(random)));
  EXPECT_GT(shifted, 1.5 * usual);
}

TEST(MovingAverage, OneHugeReadingSpoilsNothing) {
  const Exponential average;
  Exponential::State state, twin;
  Random random(4), same(4);
  for (int i = 0; i < 1'000; ++i) {
    feed(average, state, bell(random));
    feed(average, twin, bell(same));
  }
  feed(average, state, 1e308);
  Exponential::Work work;
  EXPECT_NEAR(average.score(state, 8, work), average.score(twin, 8, work), 1.5);
}

TEST(MovingAverage, TheSimpleMeanForgetsAfterItsWindow) {
  const MovingAverage<SimpleMean> average{.window = 64};
  MovingAverage<SimpleMean>::State state;
  Random random(9);
  for (int i = 0; i < 500; ++i) feed(average, state, bell(random));
  for (int i = 0; i < 80; ++i) feed(average, state, 3 + bell(random));
  const Range range = average.expected(state);
  EXPECT_NEAR((range.low + range.high) / 2, 3, 0.5);
}

}  // namespace
}  // namespace retimu
