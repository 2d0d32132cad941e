// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/raised_alarms.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

TEST(RaisedAlarms, OverAMinuteAfterTheLastIsCleared) {
  RaisedAlarms alarms;
  EXPECT_FALSE(alarms.wake_time());
  alarms.raise(1, true);
  alarms.raise(2, true);
  alarms.clear(1, 10 * second);
  EXPECT_FALSE(alarms.cleared());
  alarms.clear(2, 20 * second);
  EXPECT_EQ(alarms.cleared(), 20 * second);
  EXPECT_EQ(alarms.wake_time(), 80 * second);
  alarms.clear(2, 30 * second);  // again
  EXPECT_EQ(alarms.cleared(), 20 * second);
}

TEST(RaisedAlarms, WhatIsRaisedAgainFlaps) {
  RaisedAlarms alarms;
  alarms.raise(1, true);
  alarms.clear(1, 10 * second);
  alarms.raise(1, false);  // folded by now
  EXPECT_FALSE(alarms.cleared());
  alarms.clear(1, 20 * second);
  EXPECT_EQ(alarms.cleared(), 20 * second);
}

TEST(RaisedAlarms, OthersHaveNoPartInIt) {
  RaisedAlarms alarms;
  alarms.raise(7, false);
  alarms.clear(7, second);
  EXPECT_FALSE(alarms.cleared());
  alarms.raise(1, true);
  alarms.raise(7, false);
  alarms.clear(1, 2 * second);
  EXPECT_EQ(alarms.cleared(), 2 * second);
}

TEST(RaisedAlarms, OfMoreThanEightItIsNotKnown) {
  RaisedAlarms alarms;
  for (std::uint64_t code = 1; code <= 9; ++code) alarms.raise(code, true);
  for (std::uint64_t code = 1; code <= 9; ++code) alarms.clear(code, second);
  EXPECT_FALSE(alarms.cleared());
  alarms.forget();
  for (std::uint64_t code = 1; code <= 8; ++code) alarms.raise(code, true);
  for (std::uint64_t code = 1; code <= 8; ++code) alarms.clear(code, second);
  EXPECT_TRUE(alarms.cleared());
}

}  // namespace
}  // namespace retimu
