// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/alarm_burst.hpp"

#include "retimu/detectors/alarms_test_tools.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retimu {
namespace {

using Sender = AlarmSender<AlarmBurst>;

// One alarm a minute for as long.
void send_usual(Sender& sender, Time until, std::string_view code = "usual") {
  for (Time time = 0; time < until; time += minute) sender.send(time, code);
}

TEST(AlarmBurst, TheScoreIsHalfThePoissonDeviance) {
  Sender sender;
  send_usual(sender, 2 * day);
  EXPECT_NEAR(sender.work.usual, 1, 0.01);
  EXPECT_LT(sender.send(2 * day, "usual"), 0.01);
  const double usual = 1 - 1 / 2'880.0;  // of a minute on: half a step of its fading below 1
  EXPECT_NEAR(sender.send(2 * day + second, "usual"), 2 * std::log(2 / usual) - (2 - usual), 1e-4);
  EXPECT_NEAR(sender.send(2 * day + 2 * second, "usual"), 3 * std::log(3 / usual) - (3 - usual),
              1e-4);
  ASSERT_EQ(sender.reasons.size(), 1U);
  EXPECT_EQ(sender.reasons[0].kind, ReasonKind::alarm_count);
  EXPECT_EQ(sender.reasons[0].observed, 3);
  EXPECT_EQ(sender.reasons[0].subject, "usual");
}

TEST(AlarmBurst, ACrowdOfManyCodesIsOneOfAll) {
  Sender sender;
  send_usual(sender, 2 * day);
  const std::array codes{"a", "b", "c", "d", "e", "f", "g", "h"};
  for (const char* code : codes) sender.send(2 * day, code);
  // Eight in the minute where one is usual, against one where one in a day is.
  EXPECT_TRUE(sender.work.is_burst_of_all);
  EXPECT_EQ(sender.work.count, 8);
  EXPECT_NEAR(sender.work.deviance, 8 * std::log(8.0) - 7, 0.1);
  EXPECT_TRUE(sender.reasons.at(0).subject.empty());
}

TEST(AlarmBurst, IsToldOnceAndAgainAsItGrows) {
  Sender sender;
  send_usual(sender, 2 * day);
  std::vector<int> told;
  for (int i = 1; i <= 60; ++i) {
    sender.send(2 * day + i * 100 * millisecond, "usual");
    if (sender.evidence() >= sender.algorithm.own_threshold(1)) told.push_back(i);
  }
  // Deviance reaches 1, 2, 4, 8, 16, 32, 64, 128 nats with so many in a minute.
  EXPECT_EQ(told, (std::vector{3, 4, 5, 8, 11, 17, 28, 46}));
}

TEST(AlarmBurst, WhatComesThreeTimesADayIsUsual) {
  Sender sender;
  send_usual(sender, 2 * day);
  std::vector<double> evidence;
  for (Time time = 2 * day; time < 5 * day; time += minute) {
    sender.send(time, "usual");
    if ((time - 2 * day) % (8 * hour) != 0) continue;
    evidence.push_back(0);
    for (int i = 1; i < 30; ++i) {
      sender.send(time + i * 100 * millisecond, "usual");
      evidence.back() = std::max(evidence.back(), sender.evidence());
    }
  }
  EXPECT_NEAR(evidence.front(), std::log10(2 * 1'440.0), 0.01);
  EXPECT_NEAR(evidence.back(), std::log10(480.0), 0.01);
  EXPECT_LT(evidence.back(), sender.algorithm.own_threshold(1));
}

TEST(AlarmBurst, AClearDoesNotCount) {
  Sender sender;
  send_usual(sender, day);
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(std::isnan(sender.send(day + i * second, "usual", Severity::cleared)));
    EXPECT_EQ(sender.evidence(), 0);
  }
  EXPECT_LT(sender.send(day + 51 * second, "usual"), 0.5);
}

}  // namespace
}  // namespace retimu
