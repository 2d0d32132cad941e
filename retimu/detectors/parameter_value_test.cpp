// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/parameter_value.hpp"

#include "retimu/detectors/event_test_tools.hpp"
#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace retimu {
namespace {

double send(LogSender<ParameterValue>& sender, double value, TemplateId id = 1) {
  const std::array numbers{value};
  return sender.send(LogLine{Severity::indeterminate, "took 5 ms", id, false, numbers});
}

// 3 and 7 in turn are 2 and 3 on the logarithmic scale.
TEST(ParameterValue, SizesAreUsualDeviationsOnALogarithmicScale) {
  LogSender<ParameterValue> sender;
  for (int i = 0; i < 2'000; ++i) send(sender, i % 2 == 0 ? 3 : 7);
  const Baseline usual = sender.state.tracked[0].usual;
  EXPECT_NEAR(usual.centre(), 2.5, 0.01);
  EXPECT_NEAR(usual.deviation(), 1.2533 * 0.5, 0.01);
  send(sender, 1'023);
  EXPECT_NEAR(sender.work.size[0][0], (10 - usual.centre()) / usual.deviation(), 1e-9);
  ASSERT_EQ(sender.reasons.size(), 1U);
  EXPECT_EQ(sender.reasons[0].kind, ReasonKind::message_value);
  EXPECT_EQ(sender.reasons[0].observed, 1'023);
  EXPECT_LT(sender.reasons[0].expected_high, 30);
}

TEST(ParameterValue, TellsWhatIsFarOutAndAbstainsAtFirst) {
  Random random(1);
  LogSender<ParameterValue> sender;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(std::isnan(send(sender, 100 + bell(random))));
  for (int i = 0; i < 2'000; ++i) EXPECT_EQ(send(sender, 100 + bell(random)), 0);
  EXPECT_GT(send(sender, 1'000), 8);
  EXPECT_GT(send(sender, 0), 4);
}

// A Pareto tail with exponent 1.5: in 100,000 values some are a thousand times as large as usual.
TEST(ParameterValue, HeavyTailsAreUsual) {
  Random random(2);
  LogSender<ParameterValue> sender;
  int told = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double value = 10 * std::pow(1 - random.uniform(), -1 / 1.5);
    told += send(sender, value) >= 6 ? 1 : 0;
  }
  EXPECT_LE(told, 1);
}

TEST(ParameterValue, IdentifiersAreNotJudged) {
  Random random(3);
  LogSender<ParameterValue> sender;
  double most = 0;
  const auto note = [&](double score) {
    if (score > most) most = score;
  };
  for (int i = 0; i < 5'000; ++i) {
    note(send(sender, static_cast<double>(random.next() >> 11U), 1));           // random
    note(send(sender, 1'000 + i, 2));                                           // counted up
    note(send(sender, static_cast<double>(10'000 + random.below(50'000)), 3));  // a port
  }
  EXPECT_LT(most, 5);
  note(send(sender, 12, 1));
  note(send(sender, 1, 2));  // counted anew
  EXPECT_LT(most, 5);
}

// "request 3a5b19 took 100 ms", and once "request 3154008 took 100 ms".
TEST(ParameterValue, AnIdentifierOfDigitsIsNotTakenForTheNumberBehindIt) {
  Random random(4);
  LogSender<ParameterValue> sender;
  for (int i = 0; i < 2'000; ++i) send(sender, 100 + bell(random));
  const std::array numbers{3'154'008.0, 100.0};
  const double score =
      sender.send(LogLine{Severity::indeterminate, "request 1 took 5 ms", 1, false, numbers});
  EXPECT_FALSE(score > 0);
  EXPECT_EQ(send(sender, 100), 0);
}

TEST(ParameterValue, WhatIsNotSeenForLongGivesWay) {
  LogSender<ParameterValue> sender{{.tracked_max = 4}};
  for (TemplateId id = 1; id <= 6; ++id) send(sender, 1, id);
  EXPECT_EQ(sender.state.keys.size(), 4U);
  const auto first = sender.state.keys[0];
  for (int i = 0; i < 11'000; ++i) send(sender, 1, 5);
  EXPECT_EQ(sender.state.keys.size(), 4U);
  EXPECT_NE(sender.state.keys[0], first);
}

TEST(ParameterValue, AMergedNumberIsKnown) {
  LogSender<ParameterValue> sender;
  for (int i = 0; i < 500; ++i) send(sender, 5, 1);
  sender.algorithm.merge(sender.state, 1, 2);
  EXPECT_EQ(send(sender, 5, 2), 0);
  EXPECT_EQ(sender.state.keys.size(), 1U);
}

}  // namespace
}  // namespace retimu
