// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/level_share.hpp"

#include "retimu/core/random.hpp"
#include "retimu/detectors/event_test_tools.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retimu {
namespace {

double nats(double part, double whole, double share) {
  return part * std::log(part / whole / share) +
         (whole - part) * std::log((1 - part / whole) / (1 - share));
}

// 16 windows with 3 errors in 60 lines, then one with 30.
TEST(LevelShare, IsTheLikelihoodRatioOfTwoShares) {
  LogSender<LevelShare> sender;
  const auto minute_with = [&](int errors) {
    for (int i = 0; i < 60; ++i) {
      sender.send(1, i < errors ? Severity::major : Severity::indeterminate);
    }
  };
  for (int i = 0; i < 16; ++i) minute_with(3);
  minute_with(30);
  double lines = 0, errors = 0;
  for (int i = 0; i < 16; ++i) {
    lines = lines * 127 / 128 + 60;
    errors = errors * 127 / 128 + 3;
  }
  sender.rest(second);
  const double past = errors + 0.5, all = lines + 1;
  const double together = (30 + past) / (60 + all);
  EXPECT_NEAR(sender.work.size, (nats(30, 60, together) + nats(past, all, together)) / std::log(10),
              1e-9);
}

TEST(LevelShare, TellsErrorsAndWarnings) {
  for (const Severity level : {Severity::critical, Severity::warning}) {
    LogSender<LevelShare> sender;
    Random random(3);
    for (int i = 0; i < 20'000; ++i) {
      sender.send(1, random.below(50) == 0 ? level : Severity::indeterminate);
    }
    for (int i = 0; i < 121; ++i) sender.send(1, i % 3 == 0 ? level : Severity::indeterminate);
    EXPECT_GT(sender.tick_score, 2);
    sender.rest(minute);
    EXPECT_EQ(sender.algorithm.wake_time(sender.state), std::nullopt);
  }
}

TEST(LevelShare, IsHonestAtRestAndKnowsBursts) {
  for (const std::uint64_t burst : {1U, 8U}) {
    LogSender<LevelShare> sender;
    Random random(5);
    int at_own = 0;
    std::uint64_t left = 0;
    double score = 0;
    for (int i = 0; i < 300'000; ++i) {
      if (random.below(100 * burst) == 0) left = burst;
      sender.send(1, left > 0 ? Severity::major : Severity::indeterminate);
      left -= left > 0 ? 1 : 0;
      at_own += sender.tick_score > score && sender.tick_score >= 5 ? 1 : 0;
      score = sender.tick_score;
    }
    EXPECT_LE(at_own, 1) << burst;
  }
}

TEST(LevelShare, WithFewLinesAWindowLastsAnHour) {
  LogSender<LevelShare> sender;
  for (int i = 0; i < 19; ++i) sender.send(1);
  EXPECT_EQ(*sender.algorithm.wake_time(sender.state), second + hour);
  sender.send(1);
  EXPECT_EQ(*sender.algorithm.wake_time(sender.state), second + minute);
}

}  // namespace
}  // namespace retimu
