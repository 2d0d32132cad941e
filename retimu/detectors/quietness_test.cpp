// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/quietness.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace retimu {
namespace {

struct Column {
  Quietness algorithm;
  Quietness::State state{};
  double send(double value) {
    Quietness::Work work{};
    const double score = algorithm.score(state, value, work);
    algorithm.learn(state, value, work);
    return score;
  }
  // The score with the last reading of a block of two values `apart`, in turn.
  double send_block(double apart) {
    double score = 0;
    for (std::size_t i = 0; i < algorithm.block; ++i) score = send(i % 2 == 0 ? 0 : apart);
    return score;
  }
};

// Blocks of 0 and a in turn have the variance a^2 / 4 * 8 / 7. With a = e^(k / 2), k = 1 to 16, its
// logarithms are 1 apart: level and deviation are those of baseline_test, 9 and 1.2533 * 4.72.
TEST(Quietness, IsTheLogarithmInItsUsualDeviations) {
  Column column{.algorithm = {.block = 8}};
  for (int k = 1; k <= 16; ++k) EXPECT_TRUE(std::isnan(column.send_block(std::exp(k / 2.0))));
  const double deviation = 1.2533 * 4.72;
  EXPECT_NEAR(column.state.logarithms.centre(), 9 + std::log(2.0 / 7), 1e-6);
  Column loud = column;
  EXPECT_EQ(loud.send_block(std::exp(10 / 2.0)), 0);
  EXPECT_NEAR(column.send_block(std::exp(-3 / 2.0)), 12 / deviation, 1e-6);
}

TEST(Quietness, SeesNoiseThatNearlyStops) {
  Random random(3);
  Column column;
  double usual = 0;
  for (int i = 0; i < 10'000; ++i) usual = std::max(usual, column.send(bell(random)));
  double quiet = 0;
  for (int i = 0; i < 64; ++i) quiet = column.send(0.1 * bell(random));
  EXPECT_GT(quiet, 2 * usual);
  for (int i = 0; i < 64; ++i) quiet = column.send(5 * bell(random));
  EXPECT_EQ(quiet, 0);  // louder
}

TEST(Quietness, AnOutlierDoesNotHideIt) {
  Random random(4);
  Column column;
  for (int i = 0; i < 32 * 300; ++i) column.send(bell(random));
  double quiet = 0;
  for (int i = 0; i < 64; ++i) quiet = column.send(i == 8 ? 1e300 : 0.01 * bell(random));
  EXPECT_GT(quiet, 10);
}

TEST(Quietness, AColumnThatOftenRestsIsUsual) {
  Random random(5);
  Column column;
  double most = 0;
  for (int i = 0; i < 60'000; ++i) {
    const double spread = i / 320 % 2 == 0 ? 1 : 0.01;
    const double score = column.send(spread * bell(random));
    if (i > 30'000) most = std::max(most, score);
  }
  EXPECT_LT(most, 3);
  Column constant;
  for (int i = 0; i < 10'000; ++i) EXPECT_FALSE(constant.send(5) > 0);
}

}  // namespace
}  // namespace retimu
