// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/rate_of_change.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace retimu {
namespace {

struct Column {
  RateOfChange algorithm;
  RateOfChange::State state{};
  Time time = 1'700'000'000LL * second;
  double send(double value, Duration after = second) {
    time += after;
    RateOfChange::Work work{};
    const double score = algorithm.score(state, value, {time, time}, work);
    algorithm.learn(state, value, work);
    return score;
  }
  // Steps of one unit a second.
  void warm_up() {
    for (int i = 0; i < 100; ++i) send(i % 2);
  }
};

TEST(RateOfChange, IsTheRateInUsualRates) {
  Column column;
  column.warm_up();  // last: 1
  EXPECT_NEAR(column.send(6), 5, 1e-6);
  // The usual is now 1 + (5 - 1) / 100.
  EXPECT_NEAR(column.state.rate, 1 + 4.0 / 100, 1e-6);
  EXPECT_NEAR(column.send(6 + 2 * column.state.rate), 2, 1e-6);
  EXPECT_EQ(column.send(column.state.last), 0);
}

TEST(RateOfChange, KnowsHowMuchTimeHasPassed) {
  Column column;
  column.warm_up();
  EXPECT_NEAR(column.send(7, 3 * second), 2, 1e-6);
  Column jitter;
  jitter.warm_up();
  EXPECT_NEAR(jitter.send(2, microsecond), 8, 1e-6);  // an eighth of the usual interval
}

// Four usual steps for each second that passed; as in the score, at least an eighth of the
// interval.
TEST(RateOfChange, ExpectsMoreWhereMoreTimeHasPassed) {
  Column column;
  column.warm_up();  // last: 1
  for (const double passed : {3.0, 1.0, 0.125, 0.0}) {
    const Time time = column.time + static_cast<Duration>(passed * 1e9);
    const Range range = column.algorithm.expected(column.state, {time, time});
    EXPECT_NEAR(range.low, 1 - 4 * std::max(passed, 0.125), 1e-6) << passed;
    EXPECT_NEAR(range.high, 1 + 4 * std::max(passed, 0.125), 1e-6) << passed;
  }
}

TEST(RateOfChange, AbstainsWhereNoTimePassed) {
  Column column;
  column.warm_up();
  const RateOfChange::State before = column.state;
  EXPECT_TRUE(std::isnan(column.send(50, 0)));
  EXPECT_TRUE(std::isnan(column.send(50, -second)));
  EXPECT_EQ(column.state.last, before.last);
  EXPECT_EQ(column.state.rate, before.rate);
  EXPECT_EQ(column.state.time, before.time);
}

TEST(RateOfChange, OneMoveCountsAsAtMostEight) {
  Column column;
  column.warm_up();
  EXPECT_GT(column.send(1e300), 300);
  EXPECT_NEAR(column.state.rate, 1 + 7.0 / 100, 1e-6);
}

TEST(RateOfChange, AColumnThatRestsIsJudgedByItsSteps) {
  Column column;
  for (int i = 0; i < 2'000; ++i) column.send(i / 50);
  EXPECT_LT(column.send(column.state.last + 1), 1.1);
  EXPECT_NEAR(column.send(column.state.last + 4), 4, 0.1);
}

}  // namespace
}  // namespace retimu
