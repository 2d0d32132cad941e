// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/range_learned.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retimu {
namespace {

struct Column {
  RangeLearned algorithm;
  RangeLearned::State state{};
  double score(double value) const {
    RangeLearned::Work work;
    return algorithm.score(state, value, work);
  }
  double send(double value) {
    const double now = score(value);
    algorithm.learn(state, value, {});
    return now;
  }
};

// Each block holds 0 to 15: its two highest are 1 apart, so the spread is 1 / ln 2.
TEST(RangeLearned, IsTheTailOfAnExponential) {
  Column column;
  for (int i = 0; i < 64; ++i) EXPECT_TRUE(std::isnan(column.send(i % 16)));
  EXPECT_EQ(column.score(15), 0);
  EXPECT_EQ(column.score(0), 0);
  EXPECT_NEAR(column.score(17), std::log10(65) + 2 * std::log(2.0) / std::log(10.0), 1e-6);
  EXPECT_NEAR(column.score(-3), std::log10(65) + 3 * std::log(2.0) / std::log(10.0), 1e-6);
  EXPECT_EQ(column.algorithm.expected(column.state).low, 0);
  EXPECT_EQ(column.algorithm.expected(column.state).high, 15);
}

// The spacing of the two highest of many exponential readings has the spread as its mean.
TEST(RangeLearned, FindsTheSpreadOfATail) {
  Random random(5);
  double sum = 0;
  for (int run = 0; run < 50; ++run) {
    Column column;
    for (int i = 0; i < 5'000; ++i) column.send(-3 * std::log(1 - random.uniform()));
    sum += column.state.high.spread / 50;
  }
  EXPECT_NEAR(sum, 3, 0.4);
}

TEST(RangeLearned, BlocksDoubleAndCoverTheWindow) {
  Column column{.algorithm = {.window = 512}};
  column.send(1'000);
  for (int i = 1; i < 256; ++i) column.send(i % 16);
  EXPECT_EQ(column.state.blocks, 8U);
  EXPECT_EQ(column.state.length, 32U);
  for (int i = 256; i < 512; ++i) column.send(i % 16);
  EXPECT_EQ(column.state.blocks, 15U);
  for (int i = 0; i < 32; ++i) column.send(i % 16);
  EXPECT_EQ(column.algorithm.expected(column.state).high, 15);  // 1,000 has left
}

TEST(RangeLearned, TheSameExcessIsStrangerWhenMoreWasSeen) {
  Random random(6);
  Column column;
  double early = 0;
  for (int i = 0; i < 50'000; ++i) {
    column.send(random.uniform());
    if (i == 100) early = column.score(1.1);
  }
  EXPECT_GT(column.score(1.1), early + 1);
}

TEST(RangeLearned, AnAbsurdReadingAtTheBeginningWidensItLittle) {
  Column column;
  for (int i = 0; i < 64; ++i) column.send(i == 3 ? 1e300 : i % 16);
  EXPECT_NEAR(column.algorithm.expected(column.state).high, 15 + 8 / std::log(2.0), 1e-6);
  EXPECT_GT(column.score(100), 10);
}

TEST(RangeLearned, OneAbsurdReadingWidensItLittle) {
  Random random(7);
  Column column;
  for (int i = 0; i < 5'000; ++i) column.send(bell(random));
  const double before = column.score(20);
  EXPECT_GT(column.send(1e300), 100);
  EXPECT_GT(column.score(20), before / 2);
  for (int i = 0; i < 64; ++i) column.send(1e6 + bell(random));
  EXPECT_TRUE(std::isnan(column.score(1e6)));  // the new normal
}

}  // namespace
}  // namespace retimu
