// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/alarm_severity.hpp"

#include "retimu/detectors/alarms_test_tools.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retimu {
namespace {

using Sender = AlarmSender<AlarmSeverity>;

TEST(AlarmSeverity, RaisesFromMajorOnFromTheFirstAlarm) {
  Sender sender;
  EXPECT_EQ(sender.send(0, "a", Severity::major), 4);
  EXPECT_EQ(sender.evidence(), sender.algorithm.own_threshold(1));
  EXPECT_EQ(sender.reasons.at(0).kind, ReasonKind::alarm_severity);
  EXPECT_EQ(sender.reasons.at(0).observed, 4);
  EXPECT_EQ(sender.send(1, "b", Severity::minor), 3);
  EXPECT_EQ(sender.evidence(), 0);
  EXPECT_TRUE(sender.reasons.empty());
  EXPECT_TRUE(std::isnan(sender.send(2, "c", Severity::cleared)));
  EXPECT_EQ(sender.evidence(), 0);
}

TEST(AlarmSeverity, WhatIsFoldedIsUnusualButNoNews) {
  Sender sender;
  sender.send(0, "a", Severity::major);
  sender.send(second, "a", Severity::major);
  EXPECT_EQ(sender.evidence(), sender.algorithm.own_threshold(1) - 0.5);
  sender.send(2 * second, "a", Severity::critical);
  EXPECT_EQ(sender.evidence(), sender.algorithm.own_threshold(1));
}

TEST(AlarmSeverity, AClearDoesNotEndTheFold) {
  Sender sender;
  sender.send(0, "a", Severity::critical);
  sender.send(second, "a", Severity::cleared);
  sender.send(2 * second, "a", Severity::critical);
  EXPECT_TRUE(sender.work.is_folded);
}

TEST(AlarmSeverity, StandsForItself) { EXPECT_TRUE(EventDetector(AlarmSeverity()).is_sure()); }

}  // namespace
}  // namespace retimu
