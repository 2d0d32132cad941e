// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/adwin.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace retimu {
namespace {

struct Column {
  Adwin algorithm;
  Adwin::State state{};
  double send(double value) {
    Adwin::Work work{};
    const double score = algorithm.score(state, value, work);
    algorithm.learn(state, value, work);
    return score;
  }
  double readings() const {
    double count = 0;
    for (std::size_t row = 0; row < state.rows_count; ++row) {
      count += state.rows[row].count * std::pow(2.0, row);
    }
    return count;
  }
};

// By the paper's formulas from the readings themselves, every cut between two of them: the smallest
// delta by bisection.
double decades_of(const std::vector<double>& window) {
  const auto n = static_cast<double>(window.size());
  double mean = 0, variance = 0;
  for (const double value : window) mean += value / n;
  for (const double value : window) variance += (value - mean) * (value - mean) / n;
  const double range = 8 * std::sqrt(variance);
  double best = 0;
  for (std::size_t cut = 5; cut + 5 <= window.size(); ++cut) {
    const auto n0 = static_cast<double>(cut), n1 = n - n0;
    double mean0 = 0, mean1 = 0;
    for (std::size_t i = 0; i < window.size(); ++i) {
      (i < cut ? mean0 : mean1) += window[i] / (i < cut ? n0 : n1);
    }
    const double m = 1 / (1 / n0 + 1 / n1);
    double low = 0, high = 1'000;  // of l = ln(2 ln n / delta)
    for (int i = 0; i < 100; ++i) {
      const double l = (low + high) / 2;
      const double bound = std::sqrt(2 / m * variance * l) + 2 / (3 * m) * range * l;
      (std::fabs(mean0 - mean1) >= bound ? low : high) = l;
    }
    best = std::max(best, low);
  }
  const double delta = 2 * std::log(n) / std::exp(best);
  return -std::log10(delta);
}

TEST(Adwin, IsThePapersBound) {
  for (const double change : {0.0, 3.0}) {
    Random random(2);
    Column column{.algorithm = {.delta = 1e-300, .every = 1}};
    std::vector<double> window;
    for (int i = 0; i < 200; ++i) {
      const double value = (i < 150 ? 0 : change) + 0.5 * random.uniform();
      window.push_back(value);
      const double score = column.send(value);
      if (i < 63) continue;
      // Of all cuts the best one is at least the best between two buckets, and near it.
      const double all = decades_of(window);
      ASSERT_LE(score, all + 1e-6) << i;
      ASSERT_GT(score, 0.8 * all - 1) << i;
    }
  }
}

// 8 readings of 0 and then 8 of 1, cut in the middle: m = 4, s = 1/2, r = 4.
TEST(Adwin, OfACutWorkedOutByHand) {
  Column column{.algorithm = {.delta = 1e-300, .every = 1}};
  for (int i = 0; i < 15; ++i) column.send(i < 8 ? 0 : 1);
  Adwin::Work work{};
  column.algorithm.score(column.state, 1, work);
  // sqrt(l / 8) + 2 l / 3 = 1: sqrt(l) = (-sqrt(1/8) + sqrt(1/8 + 8/3)) / (4/3).
  const double root = (-std::sqrt(0.125) + std::sqrt(0.125 + 8.0 / 3)) / (4.0 / 3);
  EXPECT_NEAR(work.decades, (root * root - std::log(2 * std::log(16.0))) / std::log(10.0), 1e-9);
}

TEST(Adwin, TheWindowGrowsAndIsCutAtAChange) {
  Random random(3);
  Column column;
  double usual = -100, most = -100;
  for (int i = 0; i < 20'000; ++i) usual = std::max(usual, column.send(bell(random)));
  EXPECT_NEAR(column.readings(), 20'000, 1);
  EXPECT_LT(usual, 2.7);
  for (int i = 0; i < 320; ++i) most = std::max(most, column.send(1 + bell(random)));
  EXPECT_GT(most, 2.7);
  EXPECT_LT(column.readings(), 1'000);
  for (int i = 0; i < 10'000; ++i) column.send(1 + bell(random));
  EXPECT_NEAR(column.algorithm.expected(column.state).high, 4, 0.2);
}

TEST(Adwin, BucketsKeepMeanAndVariance) {
  Random random(4);
  Column column{.algorithm = {.every = 10'000}};
  double sum = 0, squares = 0;
  constexpr int count = 5'000;
  for (int i = 0; i < count; ++i) {
    const double value = bell(random);
    sum += value;
    squares += value * value;
    column.send(value);
  }
  Adwin::Sums all;
  for (std::size_t row = 0; row < column.state.rows_count; ++row) {
    EXPECT_LE(column.state.rows[row].count, Adwin::buckets_max);
    for (std::uint32_t i = 0; i < column.state.rows[row].count; ++i) {
      const Adwin::Bucket& bucket = column.state.rows[row].buckets[i];
      all.take({std::pow(2.0, row), bucket.mean, bucket.squares});
    }
  }
  EXPECT_EQ(all.count, count);
  EXPECT_NEAR(all.mean, sum / count, 1e-12);
  EXPECT_NEAR(all.squares, squares - sum * sum / count, 1e-8);
}

TEST(Adwin, TheWindowIsBounded) {
  Column column{.algorithm = {.every = 1'024}};
  for (int i = 0; i < 700'000; ++i) column.send(i % 2);
  EXPECT_LE(column.readings(), 327'675);
  EXPECT_GT(column.readings(), 260'000);
}

}  // namespace
}  // namespace retimu
