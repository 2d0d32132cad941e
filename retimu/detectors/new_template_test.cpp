// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/new_template.hpp"

#include "retimu/core/random.hpp"
#include "retimu/detectors/event_test_tools.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retimu {
namespace {

LogLine line_of(TemplateId id, bool is_new, Severity level = Severity::indeterminate) {
  return {level, "message", id, is_new};
}

// Line 0 is new; then line 100 (100 lines later) and line 110 (10 later).
TEST(NewTemplate, IsTheUsualNumberOfLinesToTheNextNewOne) {
  LogSender<NewTemplate> sender{{.lines_min = 50}};
  EXPECT_TRUE(std::isnan(sender.send(line_of(1, true))));
  for (int i = 1; i < 50; ++i) EXPECT_TRUE(std::isnan(sender.send(line_of(1, false))));
  for (int i = 50; i < 100; ++i) EXPECT_EQ(sender.send(line_of(1, false)), 0);
  EXPECT_NEAR(sender.send(line_of(2, true)), 2, 1e-12);  // the gap that just ended
  EXPECT_EQ(sender.send(line_of(2, false)), 0);
  for (int i = 102; i < 110; ++i) sender.send(line_of(1, false));
  EXPECT_NEAR(sender.send(line_of(3, true)), std::log10(50), 1e-12);  // mean of 0 and 100
  ASSERT_EQ(sender.reasons.size(), 1U);
  EXPECT_EQ(sender.reasons[0].kind, ReasonKind::new_message);
  EXPECT_EQ(sender.reasons[0].observed, 110);
}

TEST(NewTemplate, ErrorsAndWhatTheFleetKnowsAreCountedApart) {
  LogSender<NewTemplate> sender{{.lines_min = 50}};
  for (int i = 0; i < 1'000; ++i) sender.send(line_of(i % 10 == 0 ? i : 5, true));
  EXPECT_NEAR(sender.send(line_of(2'000, true)), 1, 1e-12);
  // The first error, and ten times rarer than one in a hundred lines.
  EXPECT_NEAR(sender.send(line_of(2'001, true, Severity::major)), std::log10(1'001 * 10.02), 1e-12);
  EXPECT_NEAR(sender.send(line_of(2'002, true, Severity::warning)), std::log10(1'002), 1e-12);
  EXPECT_NEAR(sender.send(line_of(2'003, false)), std::log10(1'003) / 2, 1e-12);
}

TEST(NewTemplate, ASystemThatAlwaysWritesSomethingNewStaysBelowItsThreshold) {
  for (const Severity level : {Severity::indeterminate, Severity::critical}) {
    LogSender<NewTemplate> sender;
    double most = 0;
    for (int i = 0; i < 20'000; ++i) {
      const bool is_other = i % 7 == 0;
      const double score = sender.send(line_of(static_cast<TemplateId>(is_other ? i : 1), true,
                                               is_other ? level : Severity::indeterminate));
      if (score > most) most = score;
    }
    EXPECT_LT(most, 1);
  }
}

// What an engineer on call wants to be told, at a line a second.
TEST(NewTemplate, AFirstErrorRingsAndNothingElseThatIsNewDoes) {
  const double threshold = NewTemplate().own_threshold(86'400);
  struct Last {
    Severity level;
    bool is_new, rings;
  };
  for (const Last& last :
       {Last{Severity::critical, true, true}, Last{Severity::major, true, true},
        Last{Severity::warning, true, false}, Last{Severity::indeterminate, true, false},
        Last{Severity::critical, false, false}}) {  // the fleet knows it
    LogSender<NewTemplate> sender;
    for (TemplateId i = 0; i < 3'000; ++i) sender.send(line_of(i % 7, false));
    EXPECT_EQ(sender.send(line_of(9, last.is_new, last.level)) >= threshold, last.rings)
        << name_of(last.level) << last.is_new;
  }
}

// Gaps alike, but each says less than the one before.
TEST(NewTemplate, OfManyRareErrorsTheFirstSayMost) {
  LogSender<NewTemplate> sender;
  double before = 100;
  for (TemplateId error = 0; error < 6; ++error) {
    for (TemplateId i = 0; i < 3'000; ++i) sender.send(line_of(i % 7, false));
    const double evidence = sender.send(line_of(100 + error, true, Severity::major));
    EXPECT_LT(evidence, before);
    EXPECT_EQ(evidence >= sender.algorithm.own_threshold(86'400), error < 2) << evidence;
    before = evidence;
  }
}

// One line in twenty is an error: another error is no news, something critical is.
TEST(NewTemplate, WhatLogsErrorsAllDayRingsForWhatIsWorseOnly) {
  for (const Severity level : {Severity::major, Severity::critical}) {
    LogSender<NewTemplate> sender;
    for (TemplateId i = 0; i < 3'000; ++i) {
      const bool is_error = i % 20 == 19;
      sender.send(line_of(is_error ? 8 : i % 7, false,
                          is_error ? Severity::major : Severity::indeterminate));
    }
    const double evidence = sender.send(line_of(9, true, level));
    EXPECT_EQ(evidence >= sender.algorithm.own_threshold(86'400), level == Severity::critical);
  }
}

TEST(NewTemplate, AMergedTemplateIsNotNew) {
  LogSender<NewTemplate> sender{{.lines_min = 1}};
  for (int i = 0; i < 100; ++i) sender.send(line_of(1, false));
  sender.algorithm.merge(sender.state, 1, 9);
  sender.algorithm.merge(sender.state, 77, 78);  // that never came
  EXPECT_EQ(sender.send(line_of(9, false)), 0);
  EXPECT_GT(sender.send(line_of(78, true)), 0);
}

TEST(NewTemplate, AsksForOneOfADay) {
  EXPECT_EQ(NewTemplate().own_threshold(10), 3);
  EXPECT_NEAR(NewTemplate().own_threshold(5'000), std::log10(5'000), 1e-12);
  EXPECT_EQ(NewTemplate().own_threshold(1e7), 4);
}

// 2,048 others push one out of the recent ones, 2,048 more out of all.
TEST(KnownTemplates, ForgetsWhatDidNotComeForLongest) {
  KnownTemplates known;
  Random random(1);
  known.add(1);
  for (std::size_t i = 0; i < KnownTemplates::recent_max; ++i) known.add(random.next());
  EXPECT_TRUE(known.contains(1));
  for (std::size_t i = 0; i < KnownTemplates::recent_max; ++i) known.add(random.next());
  EXPECT_FALSE(known.contains(1));
}

}  // namespace
}  // namespace retimu
