// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/event_count.hpp"

#include "retimu/detectors/events_test_tools.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retimu {
namespace {

using Sender = EventSender<EventCount>;

// So many events, evenly, in the five minutes from `start`.
void send_window(Sender& sender, Time start, int count) {
  for (int i = 0; i < count; ++i) sender.send(start + i * (5 * minute / count));
}

TEST(EventCount, ASpikeIsJudgedWhenItsWindowEnds) {
  Sender sender;
  for (int i = 0; i < 100; ++i) send_window(sender, i * 5 * minute, 100);
  send_window(sender, 100 * 5 * minute, 200);
  EXPECT_TRUE(sender.told.empty());
  sender.pass(101 * 5 * minute);
  ASSERT_EQ(sender.told.size(), 1U);
  EXPECT_EQ(sender.told[0].time, 101 * 5 * minute);
  // Roots of 200.375 and 100.375, a spread of 1 as all counts were the same.
  const double deviation = 2 * std::sqrt(200.375) - 2 * std::sqrt(100.375);
  EXPECT_NEAR(sender.told[0].evidence, 0.6142 * deviation, 1e-4);
  const Reason& reason = sender.told[0].reasons.at(0);
  EXPECT_EQ(reason.kind, ReasonKind::event_count);
  EXPECT_EQ(reason.subject, "readings");
  EXPECT_EQ(reason.observed, 40);
  EXPECT_LT(reason.expected_low, 20);
  EXPECT_GT(reason.expected_high, 20);
}

TEST(EventCount, ADipIsToldThoughNothingComes) {
  Sender sender;
  for (int i = 0; i < 100; ++i) send_window(sender, i * 5 * minute, 100);
  sender.pass(30 * day);
  ASSERT_EQ(sender.told.size(), 3U);  // three empty windows, then it waits
  EXPECT_EQ(sender.told[0].time, 101 * 5 * minute);
  EXPECT_EQ(sender.told[2].time, 103 * 5 * minute);
  EXPECT_EQ(sender.algorithm.wake_time(sender.state), std::nullopt);
}

TEST(EventCount, WhatIsUsualIsByTheHour) {
  Sender sender;
  // 100 a window from 8 to 16 o'clock, 10 else, for ten days.
  for (int i = 0; i < 10 * 288; ++i) {
    const int hour_of_day = i / 12 % 24;
    const std::size_t told = sender.told.size();
    send_window(sender, i * 5 * minute, hour_of_day >= 8 && hour_of_day < 16 ? 100 : 10);
    if (i > 5 * 288) {
      EXPECT_EQ(sender.told.size(), told) << i;
    }
  }
  sender.told.clear();
  send_window(sender, 10 * day, 100);  // at night
  sender.pass(10 * day + 5 * minute);
  EXPECT_EQ(sender.told.size(), 1U);
}

TEST(EventCount, CountsThatStrayHaveAWiderSpread) {
  Sender sender;
  for (int i = 0; i < 400; ++i) send_window(sender, i * 5 * minute, i % 2 == 0 ? 60 : 140);
  EXPECT_GT(sender.state.spread, 3);
  sender.told.clear();
  send_window(sender, 400 * 5 * minute, 200);
  sender.pass(401 * 5 * minute);
  EXPECT_TRUE(sender.told.empty());
}

TEST(EventCount, TheFirstWindowIsNotWhole) {
  Sender sender;
  sender.send(4 * minute);
  sender.pass(5 * minute);
  EXPECT_EQ(sender.state.windows, 0U);
  sender.send(6 * minute);
  sender.pass(10 * minute);
  EXPECT_EQ(sender.state.windows, 1U);
}

TEST(EventCount, ALongPauseIsLearnedByTheHour) {
  Sender sender;
  for (int i = 0; i < 100; ++i) send_window(sender, i * 5 * minute, 100);
  sender.send(2 * day);
  // Empty until then: 500 minutes in, so that the hours 9 to 23 of the first day are known.
  EXPECT_EQ(sender.state.of_day[20].windows, 24U);
  EXPECT_NEAR(sender.state.of_day[20].root, 2 * std::sqrt(0.375), 1e-6);
  Sender other;
  for (int i = 0; i < 100; ++i) send_window(other, i * 5 * minute, 100);
  other.send(800 * day);  // too long to mean anything
  EXPECT_EQ(other.state.of_day[20].windows, 0U);
}

TEST(EventCount, AWindowInWhichThePipelineStoodStillIsNotJudged) {
  Sender sender;
  for (int i = 0; i < 100; ++i) send_window(sender, i * 5 * minute, 100);
  sender.algorithm.stood_still(sender.state, {100 * 5 * minute, 120 * 5 * minute});
  sender.pass(day);
  EXPECT_TRUE(sender.told.empty());
}

}  // namespace
}  // namespace retimu
