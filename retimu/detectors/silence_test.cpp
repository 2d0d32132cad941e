// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/silence.hpp"

#include "retimu/detectors/events_test_tools.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retimu {
namespace {

using Sender = EventSender<Silence>;

// A reading a minute, `count` of them; gives the time of the last.
Time send_every_minute(Sender& sender, int count, Time first = 0) {
  for (int i = 0; i < count; ++i) sender.send(first + i * minute);
  return first + (count - 1) * minute;
}

TEST(Silence, IsToldAtFourTimesTheLongestGapAndOnce) {
  Sender sender;
  const Time last = send_every_minute(sender, 101);
  sender.pass(last + 4 * minute - 1);
  EXPECT_TRUE(sender.told.empty());
  sender.pass(last + day);
  ASSERT_EQ(sender.told.size(), 1U);
  EXPECT_EQ(sender.told[0].time, last + 4 * minute);
  EXPECT_EQ(sender.told[0].evidence, 6);  // 4 log10(101) is more
  const Reason& reason = sender.told[0].reasons.at(0);
  EXPECT_EQ(reason.kind, ReasonKind::silence);
  EXPECT_EQ(reason.subject, "readings");
  EXPECT_EQ(reason.observed, 240);
  EXPECT_NEAR(reason.expected_high, 60, 1e-9);
}

TEST(Silence, SaysNothingBeforeItKnows64Gaps) {
  Sender sender;
  sender.pass(send_every_minute(sender, 64) + day);
  EXPECT_TRUE(sender.told.empty());
  Sender other;
  other.pass(send_every_minute(other, 65) + day);
  EXPECT_EQ(other.told.size(), 1U);
}

TEST(Silence, ALongerGapThatWasNotToldIsUsualForEightDays) {
  Sender sender;
  sender.columns = 0;
  const auto wait = [&](Time time) { return *sender.algorithm.wake_time(sender.state) - time; };
  for (int i = 0; i < 12 * 24; ++i) {
    if (i == 81 || i == 82) continue;  // on the fourth day
    sender.send(i * hour);
    if (i == 80 || i == 83 || i == 263 || i == 264) {
      EXPECT_EQ(wait(i * hour), i == 80 || i == 264 ? 4 * hour : 12 * hour) << i;
    }
  }
  EXPECT_TRUE(sender.told.empty());
}

TEST(Silence, TheSecondThatWasToldIsUsual) {
  Sender sender;
  sender.columns = 0;
  Time last = send_every_minute(sender, 101);
  last = send_every_minute(sender, 30, last + 2 * hour);
  EXPECT_EQ(sender.told.size(), 1U);
  EXPECT_EQ(*sender.algorithm.wake_time(sender.state) - last, 4 * minute);
  last = send_every_minute(sender, 30, last + 3 * hour);
  EXPECT_EQ(sender.told.size(), 2U);
  EXPECT_EQ(*sender.algorithm.wake_time(sender.state) - last, 12 * hour);
  sender.send(last + 3 * hour);
  EXPECT_EQ(sender.told.size(), 2U);
}

TEST(Silence, OfOneColumnWhileOthersCome) {
  Sender sender;
  sender.columns = 3;
  Time time = 0;
  for (int i = 0; i <= 100; ++i) sender.send(time = i * minute);
  for (int i = 101; i <= 200; ++i) sender.send(time = i * minute, std::vector<std::uint32_t>{0, 2});
  ASSERT_EQ(sender.told.size(), 1U);
  EXPECT_EQ(sender.told[0].time, 104 * minute);
  ASSERT_EQ(sender.told[0].reasons.size(), 1U);
  EXPECT_EQ(sender.told[0].reasons[0].column, static_cast<ColumnId>(1));
  EXPECT_TRUE(sender.told[0].reasons[0].subject.empty());
  for (int i = 201; i <= 300; ++i) sender.send(time = i * minute);
  EXPECT_EQ(sender.told.size(), 1U);
  sender.pass(time + hour);  // all of them: the entity
  ASSERT_EQ(sender.told.size(), 2U);
  EXPECT_EQ(sender.told[1].time, 304 * minute);
  EXPECT_EQ(sender.told[1].reasons.at(0).subject, "readings");
}

TEST(Silence, AfterTheEntityCameBackColumnsWaitAnew) {
  Sender sender;
  sender.columns = 2;
  const Time last = send_every_minute(sender, 101);
  sender.send(last + hour, std::vector<std::uint32_t>{0});
  EXPECT_EQ(sender.told.size(), 1U);
  for (int i = 1; i <= 10; ++i) {
    sender.send(last + hour + i * minute, std::vector<std::uint32_t>{0});
  }
  ASSERT_EQ(sender.told.size(), 2U);
  EXPECT_EQ(sender.told[1].time, last + hour + 4 * minute);
}

TEST(Silence, IsNotTheEntitysWhereThePipelineStoodStill) {
  Sender sender;
  const Time last = send_every_minute(sender, 101);
  sender.algorithm.stood_still(sender.state, {last, last + 3 * hour});
  sender.pass(last + 3 * hour + 4 * minute - 1);
  EXPECT_TRUE(sender.told.empty());
  sender.pass(last + 3 * hour + 4 * minute);
  EXPECT_EQ(sender.told.size(), 1U);
  // Two minutes, half of what it waits for, count.
  Sender other;
  send_every_minute(other, 101);
  other.algorithm.stood_still(other.state, {last, last + 2 * minute});
  other.pass(last + 4 * minute);
  EXPECT_EQ(other.told.size(), 1U);
}

TEST(Silence, SaysThatAllIsWellForSixteenEvents) {
  Sender sender;
  const Time last = send_every_minute(sender, 101);
  EXPECT_TRUE(std::isnan(sender.send(last + minute)));
  for (int i = 0; i < 16; ++i) EXPECT_EQ(sender.send(last + hour + i * minute), 0) << i;
  EXPECT_TRUE(std::isnan(sender.send(last + hour + 16 * minute)));
}

TEST(Silence, TrainingHasAClockOfItsOwn) {
  Sender sender;
  sender.is_training = true;
  const Time last = send_every_minute(sender, 101);
  EXPECT_EQ(sender.algorithm.wake_time(sender.state), std::nullopt);
  sender.is_training = false;
  sender.send(last + 30 * day);
  EXPECT_TRUE(sender.told.empty());
  EXPECT_EQ(sender.algorithm.wake_time(sender.state), last + 30 * day + 4 * minute);
}

TEST(Silence, OfTenSecondsAtLeast) {
  Sender sender;
  sender.columns = 0;
  for (int i = 0; i <= 100; ++i) sender.send(i * millisecond);
  EXPECT_EQ(sender.algorithm.wake_time(sender.state), 100 * millisecond + 10 * second);
}

}  // namespace
}  // namespace retimu
