// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/page_hinkley.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace retimu {
namespace {

struct Column {
  PageHinkley algorithm;
  PageHinkley::State state{};
  double send(double value) {
    PageHinkley::Work work{};
    const double score = algorithm.score(state, value, work);
    algorithm.learn(state, value, work);
    return score;
  }
};

// The definition, as the papers write it: m_T = sum of (x_t - allowance), PH_T = m_T - min m_t, and
// the same of the mirrored readings.
TEST(PageHinkley, IsTheSumAboveItsLowestPoint) {
  Random random(3);
  Column column{.algorithm = {.limit = 1e9}};
  double sum_up = 0, least_up = 0, sum_down = 0, least_down = 0;
  for (int i = 0; i < 3'000; ++i) {
    const double value = (i < 2'000 ? 10 : 10.7) + bell(random);
    const bool is_warm = i >= 64;
    const double units = std::clamp(column.state.usual.units(value), -16.0, 16.0);
    const double size = std::max(column.state.size, 1.0);
    const double score = column.send(value);
    ASSERT_EQ(std::isnan(score), !is_warm) << i;
    if (!is_warm) continue;
    sum_up += units - 0.5;
    least_up = std::min(least_up, sum_up);
    sum_down += -units - 0.5;
    least_down = std::min(least_down, sum_down);
    ASSERT_NEAR(score * size, std::max(sum_up - least_up, sum_down - least_down), 1e-9) << i;
  }
}

// A change of one deviation, which no single reading shows: of a mean rise of about half a
// deviation a reading.
TEST(PageHinkley, SeesASmallChangeOfLevelBothWays) {
  for (const double change : {1.0, -1.0}) {
    Random random(4);
    Column column;
    double usual = 0, most = 0;
    for (int i = 0; i < 5'000; ++i) usual = std::max(usual, column.send(bell(random)));
    for (int i = 0; i < 100; ++i) most = std::max(most, column.send(change + bell(random)));
    EXPECT_LT(usual, 12);
    EXPECT_GT(most, 1.3 * usual);
  }
}

TEST(PageHinkley, StartsAnewAtTheLimit) {
  Random random(5);
  Column column;
  for (int i = 0; i < 1'000; ++i) column.send(bell(random));
  int told = 0;
  double last = 0;
  for (int i = 0; i < 2'000; ++i) {
    last = column.send(20 + bell(random));
    told += last >= column.algorithm.limit ? 1 : 0;
  }
  EXPECT_EQ(told, 1);
  EXPECT_LT(last, 12);
  const Range range = column.algorithm.expected(column.state);
  EXPECT_NEAR(range.low, 17, 0.3);
  EXPECT_NEAR(range.high, 23, 0.3);
}

// Readings that depend on each other drive the sums a hundred times further, and are no change.
TEST(PageHinkley, TheUsualSizeIsTheColumnsOwn) {
  Random random(6);
  Column column;
  double level = 0, usual = 0, most = 0;
  const auto next = [&] { return level = 0.96 * level + 0.28 * bell(random); };
  for (int i = 0; i < 10'000; ++i) {
    const double score = column.send(next());
    if (i >= 5'000 && !std::isnan(score)) usual = std::max(usual, score);
  }
  EXPECT_GT(column.state.size, 10);
  EXPECT_LT(usual, column.algorithm.limit);
  for (int i = 0; i < 300; ++i) most = std::max(most, column.send(8 + next()));
  EXPECT_GT(most, usual);
}

}  // namespace
}  // namespace retimu
