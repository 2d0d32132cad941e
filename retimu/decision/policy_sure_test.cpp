// SPDX-License-Identifier: Apache-2.0
// Evidence that stands for itself.
#include "retimu/decision/policy_test_tools.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

struct SureDriver : Driver {
  using Driver::Driver;
  Decision send_sure(double excess, double samples = 1'000, Severity severity = {}) {
    Assessment assessment{time += minute, {-calm, samples}, false, excess};
    assessment.is_sure = excess >= 0;
    assessment.severity = severity;
    return policy->decide(held->get(), assessment, nullptr, sums);
  }
};

TEST(SureEvidence, CountsWhileWarming) {
  SureDriver driver;
  EXPECT_EQ(driver.send_sure(-0.5, 0).phase, Phase::warming);
  const Decision decision = driver.send_sure(0, 0);
  EXPECT_EQ(decision.change, Change::raised);
  EXPECT_EQ(decision.ground, Ground::own);
  EXPECT_EQ(decision.threshold, 4);
  EXPECT_EQ(decision.evidence, 4);
}

TEST(SureEvidence, OthersDoNotCountWhileWarming) {
  SureDriver driver;
  driver.time += minute;
  const Assessment assessment{driver.time, {-9, 31}, false, 3.0};
  EXPECT_EQ(driver.policy->decide(driver.held->get(), assessment, nullptr, driver.sums).change,
            Change::none);
}

TEST(SureEvidence, IsNotHeldBack) {
  SureDriver driver;
  driver.send_many(200, calm);
  EXPECT_EQ(driver.send_sure(0).change, Change::raised);
  EXPECT_EQ(driver.send_many(16, calm).change, Change::resolved);
  EXPECT_EQ(driver.send(strange).change, Change::none);  // within the quiet time
  EXPECT_EQ(driver.send_sure(0).change, Change::raised);
}

TEST(SureEvidence, WaitsForACooldownThatAPersonStated) {
  SureDriver driver({.threshold = 4, .cooldown = hour});
  driver.send_many(40, calm);
  EXPECT_EQ(driver.send_sure(0).change, Change::raised);
  EXPECT_EQ(driver.send_many(16, calm).change, Change::resolved);
  EXPECT_EQ(driver.send_sure(0).change, Change::none);
}

TEST(SureEvidence, IsNewsOfAnOpenEpisode) {
  SureDriver driver;
  driver.send_many(40, calm);
  EXPECT_EQ(driver.send(strange).change, Change::raised);
  EXPECT_FALSE(driver.send(strange).is_news);
  const Decision folded = driver.send_sure(-0.5);
  EXPECT_FALSE(folded.is_news);
  EXPECT_EQ(folded.change, Change::none);
  const Decision news = driver.send_sure(0);
  EXPECT_TRUE(news.is_news);
  EXPECT_EQ(news.change, Change::updated);
}

TEST(SureEvidence, WhatIsFoldedKeepsAnEpisodeOpen) {
  SureDriver driver;
  driver.send_sure(0);
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(driver.send_sure(-0.5).is_open);
}

TEST(SureEvidence, AnEpisodeIsNoLessSevereThanItsAlarm) {
  SureDriver driver;
  EXPECT_EQ(driver.send_sure(0, 0, Severity::major).severity, Severity::major);
  EXPECT_EQ(driver.send_sure(0, 1'000, Severity::critical).severity, Severity::critical);
  SureDriver usual;
  usual.send_many(40, calm);
  usual.send(strange);
  // One that is not unusual has no part in it.
  Assessment assessment{usual.time + minute, {-calm, 1'000}, false};
  assessment.severity = Severity::critical;
  EXPECT_EQ(usual.policy->decide(usual.held->get(), assessment, nullptr, usual.sums).severity,
            Severity::warning);
}

TEST(SureEvidence, IsNotHeldToABudgetThatIsNotKnownYet) {
  SureDriver driver({.budget_per_day = 1});
  driver.send_many(40, calm);
  EXPECT_EQ(driver.send(strange).change, Change::none);
  EXPECT_EQ(driver.send_sure(0).change, Change::raised);
}

}  // namespace
}  // namespace retimu
