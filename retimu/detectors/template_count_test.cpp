// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/template_count.hpp"

#include "retimu/core/random.hpp"
#include "retimu/detectors/event_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace retimu {
namespace {

// Ten in each of 200 windows: of the variance 120 parts say 1 and 8 of the prior 5.
TEST(CountRate, IsHalfTheSmallerDeviance) {
  CountRate rate;
  for (int i = 0; i < 200; ++i) rate.learn(10, 1);
  const double usual = 10 + 0.5 / 129, spread = (120 * 1 + 8 * 5) / 128.0;
  const double size = 1 / ((spread - 1) / usual + 1 / 1280.5);
  EXPECT_NEAR(rate.mean(), 10, 1e-9);
  EXPECT_NEAR(rate.deviation(1), std::sqrt(usual * spread), 1e-9);
  // Batches of this spread stay away as eight at once do, the negative binomial as nine.
  EXPECT_NEAR(rate.surprise(0, 1), usual / spread / std::log(10), 1e-9);
  EXPECT_LT(usual / spread, size * std::log((usual + size) / size));
  // Of forty the prior says bursts of twenty.
  const double wide = 1 / (((120 + 8 * 20) / 128.0 - 1) / usual + 1 / 1280.5);
  const double nats =
      40 * std::log(40 / usual) - (40 + wide) * std::log((40 + wide) / (usual + wide));
  EXPECT_NEAR(rate.surprise(40, 1), nats / std::log(10), 1e-9);
  EXPECT_LT(rate.surprise(10, 1), 1e-6);
  EXPECT_LT(rate.surprise(40, 4), 1e-3);
}

TEST(CountRate, LessOfWhatComesNowAndThenIsUsual) {
  CountRate storm, steady;
  for (int i = 0; i < 128; ++i) storm.learn(i % 32 < 16 ? 40 : 0, 1);
  for (int i = 0; i < 63; ++i) steady.learn(40, 1);
  EXPECT_EQ(storm.surprise(0, 1), 0);
  EXPECT_EQ(steady.surprise(0, 1), 0) << "known for too short";
  steady.learn(40, 1);
  EXPECT_GT(steady.surprise(0, 1), 5);
}

TEST(CountRate, BurstsAreUsualUntilKnownOtherwise) {
  CountRate rare, steady;
  for (int i = 0; i < 128; ++i) rare.learn(i % 64 == 0 ? 1 : 0, 1);
  for (int i = 0; i < 128; ++i) steady.learn(20, 1);
  EXPECT_LT(rare.surprise(10, 1), 2);
  EXPECT_LT(rare.surprise(1'000, 1), 2);
  EXPECT_GT(steady.surprise(0, 1), 5);
}

// Counts that only follow the load do not spread.
TEST(CountRate, SpreadIsThatAroundTheLoad) {
  CountRate told, untold;
  for (int i = 0; i < 400; ++i) {
    const double load = i % 20 < 10 ? 0.5 : 1.5;
    told.learn(20 * load, load);
    untold.learn(20 * load, 1);
  }
  EXPECT_GT(told.surprise(5, 1), 3 * untold.surprise(5, 1));
}

// Three templates, of some load a minute, drawn at random.
class Load {
 public:
  explicit Load(std::uint64_t seed) : random_(seed) {}
  // A minute of `lines` lines, of which a share is of template 1, the rest of 2 and 3.
  void minute_of(LogSender<TemplateCount>& sender, int lines, double share = 1.0 / 3) {
    if (sender.time == 0) sender.send(1);  // the first window begins
    const Time end = sender.time + minute;
    const Duration step = (minute - second) / lines - second;
    for (int i = 0; i < lines; ++i) {
      const bool is_first = random_.uniform() < share;
      sender.time += step;
      sender.send(is_first ? 1 : 2 + random_.below(2));
    }
    sender.rest(end - sender.time);
  }
  int poisson(double mean) {
    int count = 0;
    for (double left = random_.uniform(), limit = std::exp(-mean); left > limit; ++count) {
      left *= random_.uniform();
    }
    return count;
  }

 private:
  Random random_;
};

TEST(TemplateCount, TellsASpikeADipAndSilence) {
  LogSender<TemplateCount> sender;
  Load load(2);
  for (int i = 0; i < 300; ++i) load.minute_of(sender, 30);
  const LogSender<TemplateCount> usual = sender;

  load.minute_of(sender, 60, 0.95);  // 1 comes 57 times, 2 and 3 hardly
  EXPECT_GT(sender.tick_score, 5);
  ASSERT_EQ(sender.reasons.size(), 1U);
  EXPECT_EQ(sender.reasons.at(0).kind, ReasonKind::message_count);
  EXPECT_LT(sender.reasons.at(0).expected_low, sender.reasons.at(0).expected_high);

  sender = usual;
  sender.rest(minute);
  EXPECT_GT(sender.tick_score, 3);
  ASSERT_EQ(sender.reasons.size(), 1U);
  EXPECT_EQ(sender.reasons[0].observed, 0);
}

TEST(TemplateCount, MoreOfEverythingIsToldOfAllLines) {
  LogSender<TemplateCount> sender;
  Load load(3);
  for (int i = 0; i < 300; ++i) load.minute_of(sender, 15);
  load.minute_of(sender, 90);
  EXPECT_GT(sender.tick_score, TemplateCount().own_threshold(1));
  ASSERT_EQ(sender.reasons.size(), 1U);
  EXPECT_EQ(sender.reasons[0].subject, "all messages");
}

TEST(TemplateCount, IsHonestAtRest) {
  LogSender<TemplateCount> sender;
  Load load(4);
  int at_two = 0, at_own = 0;
  constexpr int windows = 5'000;
  for (int i = 0; i < windows; ++i) {
    load.minute_of(sender, 1 + load.poisson(20));
    at_two += sender.tick_score >= 2 ? 1 : 0;
    at_own += sender.tick_score >= TemplateCount().own_threshold(1) ? 1 : 0;
  }
  EXPECT_LE(at_two, 0.02 * windows);
  EXPECT_LE(at_own, 1);
}

// A template of 5 lines a minute that stays away for half an hour: too little for a minute.
TEST(TemplateCount, LongerWindowsSeeWhatIsRare) {
  LogSender<TemplateCount> sender;
  Load load(6);
  for (int i = 0; i < 9'000; ++i) load.minute_of(sender, 15);
  double most = 0;
  for (int i = 0; i < 30; ++i) {
    load.minute_of(sender, 15, 0);
    most = std::max(most, sender.tick_score);
  }
  EXPECT_GT(sender.state.scales[1].shown.evidence, TemplateCount().own_threshold(1));
  EXPECT_GT(most, TemplateCount().own_threshold(1));
}

TEST(TemplateCount, SleepsAtLastWhereNothingComes) {
  LogSender<TemplateCount> sender;
  for (int i = 0; i < 10'000; ++i) sender.send(1);
  EXPECT_TRUE(sender.algorithm.wake_time(sender.state));
  sender.rest(300 * day);
  EXPECT_EQ(sender.algorithm.wake_time(sender.state), std::nullopt);
}

TEST(TemplateCount, WhatFindsNoPlaceIsAmongTheOthers) {
  LogSender<TemplateCount> sender{{.tracked_max = 2}};
  for (TemplateId id = 1; id <= 4; ++id) sender.send(id);
  EXPECT_EQ(sender.state.ids, (std::vector<TemplateId>{1, 2}));
  EXPECT_EQ(sender.state.scales[0].counted[1].now, 2U);
  EXPECT_EQ(sender.state.scales[0].counted[0].now, 4U);
  for (int i = 0; i < 6'000; ++i) sender.send(3);  // a hundred windows without 1 and 2
  EXPECT_EQ(sender.state.ids, (std::vector<TemplateId>{3, 2}));
}

TEST(TemplateCount, AClockThatIsSetBackBeginsAWindow) {
  LogSender<TemplateCount> sender;
  sender.time = day;
  for (int i = 0; i < 50; ++i) sender.send(1);
  sender.time = hour;
  for (int i = 0; i < 15; ++i) sender.send(1);
  EXPECT_GT(*sender.state.scales[0].window.end(), day);
  sender.send(1);
  EXPECT_EQ(*sender.state.scales[0].window.end(), hour + 16 * second + minute);
  EXPECT_EQ(sender.state.scales[0].counted[0].now, 1U);
}

}  // namespace
}  // namespace retimu
