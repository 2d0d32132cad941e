// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/prediction_error.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace retimu {
namespace {

struct Column {
  PredictionError algorithm;
  PredictionError::State state{};
  double score(double value) const {
    PredictionError::Work work{};
    return algorithm.score(state, value, work);
  }
  double send(double value) {
    PredictionError::Work work{};
    const double score = algorithm.score(state, value, work);
    algorithm.learn(state, value, work);
    return score;
  }
};

// x_t = 1.6 x_(t-1) - 0.95 x_(t-2) + noise
struct Swing {
  explicit Swing(std::uint64_t seed) : random(seed) {}
  double next() {
    const double next = 1.6 * now - 0.95 * before + bell(random);
    before = now;
    now = next;
    return now;
  }
  Random random;
  double now = 0, before = 0;
};

// Durbin's recursion solves the Yule-Walker equations: sum_j r(|i - j|) w_j = r(i).
TEST(PredictionError, WeightsSolveTheYuleWalkerEquations) {
  Swing swing(3);
  Column column;
  for (int i = 0; i < 3'000; ++i) {
    column.send(swing.next());
    const auto weights = PredictionError::coefficients(column.state);
    const auto& r = column.state.covariance;
    if (i < 100) continue;
    for (int row = 1; row <= 4; ++row) {
      double sum = 0;
      for (int j = 1; j <= 4; ++j) {
        const auto lag = static_cast<std::size_t>(std::abs(row - j));
        sum += r[lag] * (lag == 0 ? 1.0001 : 1) * weights[static_cast<std::size_t>(j - 1)];
      }
      ASSERT_NEAR(sum, r[static_cast<std::size_t>(row)], 1e-9) << i;
    }
  }
  // No forecast can do better than the noise, of deviation 1; the column's own is 5.6.
  EXPECT_NEAR(column.state.errors.deviation(), 1, 0.15);
  EXPECT_GT(column.state.usual.deviation(), 4);
}

TEST(PredictionError, AbstainsUntil64WereForetold) {
  Swing swing(4);
  Column column;
  // 16 for the level, 4 to look back on, 64 foretold.
  for (int i = 0; i < 16 + 4 + 64; ++i) ASSERT_TRUE(std::isnan(column.send(swing.next()))) << i;
  EXPECT_FALSE(std::isnan(column.send(swing.next())));
}

// The usual error is 1.
TEST(PredictionError, IsTheErrorInUnitsOfTheUsualError) {
  Swing swing(5);
  Column column;
  for (int i = 0; i < 5'000; ++i) column.send(swing.next());
  const double foretold = 1.6 * swing.now - 0.95 * swing.before;
  EXPECT_NEAR(column.score(foretold + 8), 8, 1);
  EXPECT_NEAR(column.score(foretold - 8), 8, 1);
  const Range expected = column.algorithm.expected(column.state);
  EXPECT_NEAR(expected.low, foretold - 3, 1);
  EXPECT_NEAR(expected.high, foretold + 3, 1);
}

// A reading that is usual in itself, at the wrong moment.
TEST(PredictionError, SeesAPatternThatSkipsABeat) {
  Random random(6);
  Column column;
  double usual = 0;
  for (int i = 0; i < 2'000; ++i) {
    const double score = column.send((i % 2 == 0 ? 1 : -1) + 0.1 * bell(random));
    if (i > 500) usual = std::max(usual, score);
  }
  EXPECT_LT(usual, 7);
  EXPECT_GT(column.send(-1), 12);
}

// By hand: usual sizes of mean 1 and deviation 1/2; the mean of late is 2 and stays so by an error
// of 2. Its deviation is 1/2 sqrt((1/16) / (2 - 1/16)) = 0.0898.
TEST(PredictionError, TheMeanSizeOfLateByHand) {
  Swing swing(7);
  Column column;
  for (int i = 0; i < 2'000; ++i) column.send(swing.next());
  column.state.size = 1;
  column.state.size_square = 1.25;
  column.state.size_lately = 2;
  const Range expected = column.algorithm.expected(column.state);
  const double centre = (expected.low + expected.high) / 2;
  const double error = (expected.high - expected.low) / 6;
  EXPECT_NEAR(column.score(centre + 2 * error), 1 / (0.5 * std::sqrt(1.0 / 31)), 1e-6);
  column.state.size_lately = 1;
  EXPECT_NEAR(column.score(centre + 2 * error), 2, 1e-6);
}

// No error is larger than 3 times the usual: only together are they strange.
TEST(PredictionError, SeesErrorsThatGrow) {
  Random random(8);
  Column column;
  double usual = 0, most = 0;
  for (int i = 0; i < 3'000; ++i) {
    const double score = column.send(2 * random.uniform() - 1);
    if (i > 500) usual = std::max(usual, score);
  }
  for (int i = 0; i < 64; ++i) {
    most = std::max(most, column.send(1.7 * (2 * random.uniform() - 1)));
  }
  EXPECT_LT(usual, 4.5);
  EXPECT_GT(most, 5);
}

// It is drawn in before it foretells: it is off by 8, so the next forecast by 1.6 times that.
TEST(PredictionError, AnOutlierDoesNotMakeTheNextReadingsStrange) {
  Swing swing(9);
  Column column;
  for (int i = 0; i < 2'000; ++i) column.send(swing.next());
  EXPECT_GT(column.send(1e6), 100);
  for (int i = 0; i < 8; ++i) EXPECT_LT(column.send(swing.next()), 16) << i;
  for (int i = 0; i < 32; ++i) EXPECT_LT(column.send(swing.next()), 6) << i;
}

TEST(PredictionError, AConstantColumnIsForetoldExactly) {
  Column column;
  for (int i = 0; i < 200; ++i) column.send(7);
  EXPECT_EQ(column.send(7), 0);
  EXPECT_GT(column.send(7.001), 100);
}

}  // namespace
}  // namespace retimu
