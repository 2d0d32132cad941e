// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/tep.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

Case make(const std::string& name, std::size_t normal, std::size_t faulty) {
  Case one;
  one.series.name = name;
  one.truth.labels.assign(normal, 0);
  one.truth.labels.resize(normal + faulty, 1);
  one.truth.windows = spans_of(one.truth.labels);
  return one;
}

Scores ramp(std::size_t normal, const std::vector<double>& faulty) {
  Scores scores;
  for (std::size_t i = 0; i < normal; ++i) scores.score.push_back(static_cast<double>(i));
  scores.score.insert(scores.score.end(), faulty.begin(), faulty.end());
  return scores;
}

TEST(TepTest, OnePercentOfTheNormalRowsExceedTheLimit) {
  const std::vector<Case> cases = {make("d00", 200, 0), make("d01", 100, 2)};
  const std::vector<Scores> scores = {ramp(200, {}), ramp(100, {196, 197})};
  const auto result = tep_score(cases, scores);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->limit, 196);  // 197, 198 and 199 of 300 rows lie above
  EXPECT_NEAR(result->false_rate, 0.01, 1e-12);
  ASSERT_EQ(result->faults.size(), 1U);
  EXPECT_EQ(result->faults[0].name, "d01");
  EXPECT_EQ(result->faults[0].rate, 0.5);
}

TEST(TepTest, TiesKeepTheFalseAlarmsBelow) {
  const std::vector<Case> cases = {make("d00", 100, 0), make("d01", 100, 1)};
  std::vector<Scores> scores(2);
  scores[0].score.assign(100, 7);
  scores[1].score.assign(101, 7);
  const auto result = tep_score(cases, scores);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->limit, 7);
  EXPECT_EQ(result->false_rate, 0);
  EXPECT_EQ(result->faults[0].rate, 0);
  EXPECT_FALSE(result->faults[0].delay);
}

TEST(TepTest, AFaultIsSeenAtTheFirstOfSixRowsInARow) {
  const std::vector<Case> cases = {make("d01", 100, 14), make("d02", 100, 6), make("d03", 100, 6)};
  const double a = 500;
  const std::vector<Scores> scores = {ramp(100, {0, a, a, a, a, a, 0, 0, a, a, a, a, a, a}),
                                      ramp(100, {a, a, a, a, a, a}), ramp(100, {a, a, a, a, a, 0})};
  const auto result = tep_score(cases, scores);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->faults[0].delay, 8 * tep_row_distance);
  EXPECT_EQ(result->faults[1].delay, 0);
  EXPECT_FALSE(result->faults[2].delay);
  const std::vector<Figure> figures = tep_figures(cases, scores);
  ASSERT_EQ(figures.size(), 10U);
  EXPECT_EQ(figures[0].name, "tep_rate_d01");
  EXPECT_NEAR(*figures[0].value, 100 * 11.0 / 14, 1e-12);
  EXPECT_EQ(figures[1].name, "tep_delay_d01");
  EXPECT_EQ(figures[1].value, 24);
  EXPECT_FALSE(figures[5].value);
  EXPECT_EQ(figures[8].name, "tep_rate_without_3_9_15");
  EXPECT_NEAR(*figures[8].value, (100 * 11.0 / 14 + 100) / 2, 1e-12);
  EXPECT_EQ(figures[9].value, 12);
}

TEST(TepTest, NoneWithoutNormalRows) {
  const std::vector<Case> cases = {make("d01", 0, 3)};
  std::vector<Scores> scores(1);
  scores[0].score.assign(3, 1);
  EXPECT_FALSE(tep_score(cases, scores));
  EXPECT_TRUE(tep_figures(cases, scores).empty());
}

}  // namespace
}  // namespace retimu
