// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/causes.hpp"

#include "retimu/evaluation/sets_test_tools.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

TEST(Causes, AreReadAsTheSetsWriteThem) {
  const SetFolder folder;
  const std::string path = folder.write("a.txt", "3-5:1,4\r\n\n8-10:2");
  const Result<std::vector<Cause>> causes = read_causes(path, 10, 4);
  ASSERT_TRUE(causes) << causes.error().message;
  ASSERT_EQ(causes->size(), 2U);
  EXPECT_EQ((*causes)[0].rows, (Span{3, 6}));
  EXPECT_EQ((*causes)[0].columns, (std::vector<std::size_t>{0, 3}));
  EXPECT_EQ((*causes)[1].rows, (Span{8, 10}));  // it may name the row behind the event
  EXPECT_EQ((*causes)[1].columns, (std::vector<std::size_t>{1}));
}

TEST(Causes, WhatIsNoneIsAnErrorWithItsLine) {
  const SetFolder folder;
  for (const char* line : {"3-5", "3-5:", "5-3:1", "10-11:1", "3-5:0", "3-5:5", "3-5:1;2", "a-5:1",
                           "3:5-1", "3-5:1,-1", "-3-5:1"}) {
    const std::string path = folder.write("a.txt", std::string("1-2:1\n") + line + "\n");
    EXPECT_NE(error_of(read_causes(path, 10, 4)).find("a.txt: line 2 is not"), std::string::npos)
        << line;
  }
  EXPECT_NE(error_of(read_causes(folder.path() + "/none.txt", 1, 1)), "no error");
}

// Ten columns and four events; the last is not told. The alert before the first event says nothing
// of it. In the second the last revision counts, and only its third column is right.
TEST(Causes, FiguresAreThoseCountedByHand) {
  Case one;
  one.series.columns.resize(10);
  one.truth.causes = {
      {{10, 20}, {1, 2}}, {{30, 40}, {5}}, {{50, 60}, {0, 7, 8, 9}}, {{70, 80}, {3}}};
  Scores scores;
  scores.named = {{9, {3}},        {10, {2, 3}},       {30, {5}},
                  {39, {1, 2, 5}}, {55, {1, 2, 3, 7}}, {80, {3}}};
  const std::vector<Figure> figures = causes_figures(std::span(&one, 1), std::span(&scores, 1));
  ASSERT_EQ(figures.size(), 6U);
  EXPECT_EQ(figures[0].name, "told");
  EXPECT_DOUBLE_EQ(figures[0].value.value_or(-1), 3.0 / 4);
  EXPECT_EQ(figures[1].name, "hit_at_1");
  EXPECT_DOUBLE_EQ(figures[1].value.value_or(-1), 1.0 / 3);
  EXPECT_EQ(figures[2].name, "hit_at_3");
  EXPECT_DOUBLE_EQ(figures[2].value.value_or(-1), 2.0 / 3);
  EXPECT_EQ(figures[3].name, "hit_at_1_by_chance");
  EXPECT_DOUBLE_EQ(figures[3].value.value_or(-1), (0.2 + 0.1 + 0.4) / 3);
  EXPECT_FALSE(figures[4].value);  // nothing was explained
  EXPECT_FALSE(figures[5].value);
}

// Four columns and three events of one series: one hit, one miss, one of which nothing is said. A
// second series is of a scorer that explains nothing.
TEST(Causes, OverAWholeEventTheHeaviestColumnCounts) {
  std::vector<Case> cases(2);
  for (Case& one : cases) {
    one.series.columns.resize(4);
    one.truth.causes = {{{10, 20}, {1, 2}}, {{30, 40}, {0}}, {{50, 60}, {0}}};
  }
  std::vector<Scores> scores(2);
  scores[0].explained = {{1, 0.5, 3, 2}, {1, 2, 0, 0}, {0, 0, 0, 0}};
  const std::vector<Figure> figures = causes_figures(cases, scores);
  ASSERT_EQ(figures.size(), 6U);
  EXPECT_EQ(figures[0].value, 0);
  EXPECT_EQ(figures[4].name, "event_hit_at_1");
  EXPECT_DOUBLE_EQ(figures[4].value.value_or(-1), 1.0 / 3);
  EXPECT_EQ(figures[5].name, "event_hit_at_1_by_chance");
  EXPECT_DOUBLE_EQ(figures[5].value.value_or(-1), (0.5 + 0.25 + 0.25) / 3);
}

TEST(Causes, WithoutAlertsThereIsNoHit) {
  Case one;
  one.series.columns.resize(2);
  one.truth.causes = {{{0, 1}, {0}}};
  const Scores none;
  const std::vector<Figure> figures = causes_figures(std::span(&one, 1), std::span(&none, 1));
  EXPECT_EQ(figures[0].value, 0);
  EXPECT_FALSE(figures[1].value);
  one.truth.causes.clear();
  EXPECT_TRUE(causes_figures(std::span(&one, 1), std::span(&none, 1)).empty());
}

}  // namespace
}  // namespace retimu
