// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/stuck_at.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retimu {
namespace {

struct Column {
  StuckAt algorithm;
  StuckAt::State state{};
  double send(double value) {
    StuckAt::Work work{};
    const double score = algorithm.score(state, value, work);
    algorithm.learn(state, value, work);
    return score;
  }
};

// Ten runs of one reading and four of three have ended: 14 reached 1 reading, 4 reached 2, none 4.
TEST(StuckAt, IsTheProductOfTheSharesThatDoubled) {
  Column column;
  double value = 0;
  for (int i = 0; i < 10; ++i) column.send(++value);
  for (int i = 0; i < 12; ++i) column.send(i % 3 == 0 ? ++value : value);
  EXPECT_EQ(column.send(++value), 0);
  // The square root of 5 / 16 is above a half, that of 1 / 6 is not.
  const double first = std::log10(16.0 / 5), second = std::log10(6.0 / 1), third = second / 2;
  EXPECT_NEAR(column.send(value), first, 1e-12);
  EXPECT_NEAR(column.send(value), first + second / 2, 1e-12);
  EXPECT_NEAR(column.send(value), first + second, 1e-12);
  EXPECT_NEAR(column.send(value), first + second + third / 4, 1e-12);
  for (int i = 6; i < 8; ++i) column.send(value);
  EXPECT_NEAR(column.send(value), first + second + third, 1e-12);
  EXPECT_EQ(column.send(value + 1), 0);
}

TEST(StuckAt, AbstainsFromWhatHardlyEverChanged) {
  Column constant;
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(std::isnan(constant.send(5)));
  Column column;
  for (int i = 0; i <= 8; ++i) EXPECT_TRUE(std::isnan(column.send(i)));
  EXPECT_EQ(column.send(9), 0);
}

TEST(StuckAt, ASetPointThatRestsForLongIsUsual) {
  Random random(3);
  Column column;
  double most = 0;
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t rest = 500 + random.below(1'000);
    for (std::uint64_t k = 0; k < rest; ++k) {
      const double score = column.send(i);
      if (i > 20) most = std::max(most, score);
    }
  }
  EXPECT_LT(most, 2.5);
  double stuck = 0;
  for (int i = 0; i < 10'000; ++i) stuck = column.send(-1);
  EXPECT_GT(stuck, most + 1);
}

TEST(StuckAt, SeesNoiseThatStops) {
  Random random(4);
  Column column;
  for (int i = 0; i < 2'000; ++i) EXPECT_FALSE(column.send(bell(random)) > 0) << i;
  const double value = bell(random);
  column.send(value);
  EXPECT_GT(column.send(value), 3);
  double before = 3;
  for (int i = 0; i < 100; ++i) {
    const double score = column.send(value);
    EXPECT_GT(score, before);
    before = score;
  }
}

TEST(StuckAt, DecadesAreHonestWhereReadingsRepeatByChance) {
  for (const double repeats : {0.01, 0.1, 0.5}) {
    Random random(7);
    Column column;
    double value = 0;
    int at_two = 0, at_three = 0, at_own = 0;
    constexpr int readings = 200'000;
    for (int i = 0; i < readings; ++i) {
      if (random.uniform() >= repeats) ++value;
      const double score = column.send(value);
      at_two += score >= 2 ? 1 : 0;
      at_three += score >= 3 ? 1 : 0;
      at_own += score >= StuckAt().own_threshold(1) ? 1 : 0;
    }
    EXPECT_LT(at_two, 0.02 * readings) << repeats;
    EXPECT_LT(at_three, 0.002 * readings) << repeats;
    EXPECT_LE(at_own, 2) << repeats;
  }
}

TEST(StuckAt, ASensorThatStuckOnceIsToldWhenItSticksForLonger) {
  Random random(8);
  Column column;
  const auto stick = [&](int readings) {
    for (int i = 0; i < 2'000; ++i) column.send(bell(random));
    const double value = bell(random);
    double score = 0;
    for (int i = 0; i < readings; ++i) score = column.send(value);
    return score;
  };
  EXPECT_GE(stick(6), StuckAt().own_threshold(1));
  EXPECT_LT(stick(6), StuckAt().own_threshold(1));
  EXPECT_GE(stick(60), StuckAt().own_threshold(1));
}

}  // namespace
}  // namespace retimu
