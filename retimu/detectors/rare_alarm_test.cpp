// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/rare_alarm.hpp"

#include "retimu/detectors/alarms_test_tools.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

namespace retimu {
namespace {

using Sender = AlarmSender<RareAlarm>;

TEST(RareAlarm, TheScoreIsTheShareOfTheCode) {
  Sender sender;
  for (int i = 0; i < 7; ++i) sender.send(i * second, "usual");
  EXPECT_NEAR(sender.send(7 * second, "usual"), 0, 1e-5);
  EXPECT_NEAR(sender.send(8 * second, "rare"), std::log(9.0), 1e-5);
  EXPECT_NEAR(sender.send(9 * second, "rare"), std::log(10 / 2.0), 1e-5);
}

TEST(RareAlarm, ANewCodeSaysHowLongNothingNewCame) {
  Sender sender;
  sender.send(0, "usual");
  sender.send(2 * day, "usual");  // rare as well: it came once
  sender.send(3 * day, "new");
  // The first code was new at once, then nothing for three days: gaps of 0 and 3 days.
  EXPECT_NEAR(sender.evidence(), std::log10(3 * 1'440.0), 1e-9);
  EXPECT_EQ(sender.reasons.at(0).kind, ReasonKind::rare_alarm);
  EXPECT_EQ(sender.reasons.at(0).subject, "new");
  EXPECT_EQ(sender.reasons.at(0).observed, 0);
  sender.send(3 * day + hour, "other");
  EXPECT_NEAR(sender.evidence(), std::log10((0 + 3 * 1'440.0) / 2), 1e-9);  // the mean of both gaps
}

TEST(RareAlarm, WhatIsFoldedOrUsualSaysNothing) {
  Sender sender;
  sender.send(0, "usual");
  sender.send(3 * day, "new");
  EXPECT_GT(sender.evidence(), sender.algorithm.own_threshold(1));
  sender.send(3 * day + 10 * minute - 1, "new");
  EXPECT_EQ(sender.evidence(), 0);
  for (int i = 0; i < 20; ++i) sender.send(4 * day + i * 2 * hour, "usual");
  EXPECT_EQ(sender.work.rarity, 0);
  EXPECT_EQ(sender.evidence(), 0);
}

// Waits of 600, 1,200, 2,400 and 3,600 seconds; see evaluation/alarm_measures_test.cpp.
TEST(RareAlarm, FoldsWithAWaitThatDoubles) {
  const auto folded = [](const std::vector<Time>& seconds) {
    Sender sender;
    std::vector<bool> list;
    for (const Time at : seconds) {
      sender.send(at * second, "code");
      list.push_back(sender.work.is_folded);
    }
    return list;
  };
  using Folded = std::vector<bool>;
  EXPECT_EQ(folded({0, 599, 600, 1'799, 1'800, 4'199, 4'200, 7'799, 7'800}),
            (Folded{false, true, false, true, false, true, false, true, false}));
  EXPECT_EQ(folded({0, 600, 3'000, 5'400}), (Folded{false, false, false, false}));
  EXPECT_EQ(folded({0, 600, 3'001, 3'601}), (Folded{false, false, false, false}));
  EXPECT_EQ(folded({0, 600, 3'000, 3'600}), (Folded{false, false, false, true}));
}

TEST(RareAlarm, MoreSevereIsNotFolded) {
  Sender sender;
  sender.send(0, "code", Severity::minor);
  sender.send(second, "code", Severity::warning);
  EXPECT_TRUE(sender.work.is_folded);
  sender.send(2 * second, "code", Severity::major);
  EXPECT_FALSE(sender.work.is_folded);
  sender.send(3 * second, "code", Severity::major);
  EXPECT_TRUE(sender.work.is_folded);
}

TEST(RareAlarm, AClearIsNoAlarm) {
  Sender sender;
  sender.send(0, "code");
  EXPECT_TRUE(std::isnan(sender.send(day, "never seen", Severity::cleared)));
  EXPECT_EQ(sender.evidence(), 0);
  EXPECT_TRUE(sender.reasons.empty());
  EXPECT_EQ(sender.state.alarms, 1U);
  EXPECT_EQ(sender.state.codes.size(), 1U);
  sender.send(day + 1, "code");
  EXPECT_FALSE(sender.work.is_folded);
}

TEST(RareAlarm, OfTooManyCodesTheOlderHalfIsForgotten) {
  Sender sender;
  for (int i = 0; i < 1'024; ++i) sender.send(i * second, fmt::format("code {}", i));
  sender.send(2'000 * second, "code 0");  // now the latest
  EXPECT_EQ(sender.state.codes.size(), 1'024U);
  sender.send(2'001 * second, "one more");
  EXPECT_EQ(sender.state.codes.size(), 513U);
  sender.send(2'002 * second, "code 0");
  EXPECT_GT(sender.work.before, 1.5);
  sender.send(2'003 * second, "code 1023");
  EXPECT_GT(sender.work.before, 0.5);
  sender.send(2'004 * second, "code 500");
  EXPECT_EQ(sender.work.before, 0);
}

TEST(RareAlarm, RanksWhatComesInACrowd) {
  Sender sender;
  for (int i = 0; i < 600; ++i) sender.send(i * hour, "usual");
  const double alone = sender.algorithm.rank(sender.work);
  for (int i = 0; i < 50; ++i) sender.send(600 * hour + i * second, "usual");
  EXPECT_GT(sender.algorithm.rank(sender.work), alone + 4);
}

}  // namespace
}  // namespace retimu
