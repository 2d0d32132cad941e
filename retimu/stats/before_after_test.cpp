// SPDX-License-Identifier: Apache-2.0
#include "retimu/stats/before_after.hpp"

#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace retimu {
namespace {

constexpr double share = 1.0 / 360;

// Of 1, 3, 1, 3 ... the level is 2 and the mean distance from it 1.
BeforeAfter usual(std::size_t values = 2'000) {
  BeforeAfter change;
  for (std::size_t i = 0; i < values; ++i) {
    const double value = i % 2 == 0 ? 1 : 3;
    (void)change.see(value, 0);
    change.learn(value, share, 0);
  }
  return change;
}

TEST(BeforeAfter, IsTheRobustZOfTheWeakerOfTwoInARow) {
  BeforeAfter change = usual();
  change.roll();
  change.roll();
  EXPECT_NEAR(change.centre(), 2, 0.02);
  (void)change.see(2 + 10 * 1.2533, 0);
  EXPECT_NEAR(change.see(2 + 20 * 1.2533, 0), 10.0 / 3, 0.1);
  const BeforeAfter::Lately lately = change.lately();
  EXPECT_NEAR(lately.z, 10, 0.3);
  EXPECT_EQ(lately.value, 2 + 20 * 1.2533);
  EXPECT_NEAR(lately.strangeness, 10.0 / 3, 0.1);
}

TEST(BeforeAfter, OneOutlierIsNone) {
  BeforeAfter change = usual();
  (void)change.see(3, 0);
  EXPECT_LT(change.see(1e6, 0), 1);
  EXPECT_LT(change.see(1, 0), 1);  // on the other side
  EXPECT_LT(std::fabs(change.lately().z), 1);
}

TEST(BeforeAfter, ACountStandsForItself) {
  BeforeAfter change;
  for (int i = 0; i < 20; ++i) change.learn(0, share, 1);
  EXPECT_NEAR(change.see(6, 1, true), 2, 1e-6);
  EXPECT_NEAR(change.lately().z, 6, 1e-6);
}

TEST(BeforeAfter, AFaultOfMinutesMovesTheLevelLittle) {
  BeforeAfter change = usual();
  for (int i = 0; i < 18; ++i) {
    (void)change.see(1e9, 0);
    change.learn(1e9, share, 0);
  }
  EXPECT_LT(change.centre(), 4);
  EXPECT_GT(change.lately().z, 1e6);
}

// What leapt in a window before is no longer strange, for a while.
TEST(BeforeAfter, WhatOftenLeapsSaysLittle) {
  BeforeAfter change = usual();
  const auto leap = [&] {
    (void)change.see(14, 0);
    const double strangeness = change.see(14, 0);
    (void)change.see(2, 0);
    change.roll();
    return strangeness;
  };
  const double first = leap();
  EXPECT_GT(first, 3);
  (void)leap();
  (void)leap();
  EXPECT_LT(leap(), 0.5 * first);
  for (int window = 0; window < 100; ++window) change.roll();
  EXPECT_NEAR(leap(), first, 0.1);
}

TEST(BeforeAfter, RollsAwayAfterTwoWindows) {
  BeforeAfter change = usual();
  (void)change.see(14, 0);
  (void)change.see(14, 0);
  change.roll();
  EXPECT_GT(change.lately().z, 9);
  change.roll();
  EXPECT_LT(change.lately().z, 9);
}

TEST(BeforeAfter, StaysFiniteAndReadsBack) {
  constexpr double largest = std::numeric_limits<double>::max();
  BeforeAfter change;
  Random random(3);
  for (int i = 0; i < 500; ++i) {
    const double value = random.below(2) == 0 ? largest : -largest;
    EXPECT_TRUE(std::isfinite(change.see(value, 1)));
    change.learn(value, share, 1);
    if (random.below(50) == 0) change.roll();
    std::vector<std::byte> state, again;
    StateWriter writer(state);
    change.visit(writer);
    BeforeAfter twin;
    StateReader reader(state);
    twin.visit(reader);
    ASSERT_TRUE(reader.finished());
    StateWriter second(again);
    twin.visit(second);
    ASSERT_EQ(state, again);
    ASSERT_EQ(twin.see(i, 1), change.see(i, 1));
  }
  EXPECT_TRUE(std::isfinite(change.centre()));
}

}  // namespace
}  // namespace retimu
