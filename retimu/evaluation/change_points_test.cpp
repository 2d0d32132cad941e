// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/change_points.hpp"

#include "retimu/evaluation/sets_test_tools.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace retimu {
namespace {

using Rows = std::vector<std::uint8_t>;

Case make(std::size_t rows, std::vector<std::size_t> changes, Duration step = second) {
  Case one;
  one.truth.labels.assign(rows, 0);
  one.truth.changes = std::move(changes);
  for (std::size_t i = 0; i < rows; ++i) {
    one.series.times.push_back(static_cast<Time>(i) * step);
  }
  return one;
}

Rows said_at(std::size_t rows, const std::vector<std::size_t>& at) {
  Rows said(rows, 0);
  for (const std::size_t row : at) said[row] = 1;
  return said;
}

double score(const Case& one, const Rows& said, std::size_t profile = 0) {
  const std::span<const std::uint8_t> spans[] = {said};
  return change_point_score(std::span(&one, 1), spans, nab_profiles()[profile]).value_or(-1);
}

TEST(ChangePointsTest, FirstRowIsAHundredNothingIsZero) {
  const Case one = make(300, {100, 200});
  for (const std::size_t profile : {0, 1, 2}) {
    EXPECT_NEAR(score(one, said_at(300, {100, 200}), profile), 100, 1e-9);
    EXPECT_EQ(score(one, said_at(300, {}), profile), 0);
  }
}

TEST(ChangePointsTest, ALateDetectionIsWorthLess) {
  const Case one = make(300, {100});
  // Halfway: step 500 of 1,000, a little right of the middle of 1 and -0.11.
  EXPECT_NEAR(score(one, said_at(300, {130, 140})), 100 * (1 + (1 - 0.11) / 2) / 2, 0.1);
  // The last moment of the window still counts, for what a false alarm costs.
  EXPECT_NEAR(score(one, said_at(300, {160})), 100 * (1 - 0.11) / 2, 1e-9);
  // One second later it is a false alarm, and the change point is missed.
  EXPECT_NEAR(score(one, said_at(300, {161})), 100 * -0.11 / 2, 1e-9);
  EXPECT_NEAR(score(one, said_at(300, {99}), 1), 100 * -0.22 / 2, 1e-9);
  EXPECT_NEAR(score(one, said_at(300, {99}), 2), 100 * -0.11 / 3, 1e-9);
}

TEST(ChangePointsTest, ARowThatEndsOneWindowMayBeginTheNext) {
  const Case one = make(300, {100, 130});  // windows 100 to 160 and 160 to 190
  EXPECT_NEAR(score(one, said_at(300, {160})), 100 * (-0.11 + 1 + 2) / 4, 1e-9);
}

TEST(ChangePointsTest, AgreesWithTsad) {
  std::istringstream file(kept_file("change_points.txt"));
  std::vector<Case> cases;
  std::vector<Rows> said;
  std::size_t checked = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::vector<std::string> field;
    for (std::string text; std::getline(fields, text, ',');) field.push_back(text);
    ASSERT_EQ(field.size(), 4U);
    if (field[0] == "series") {
      std::vector<std::size_t> changes;
      Rows rows;
      for (std::size_t i = 0; i < field[2].size(); ++i) {
        if (field[2][i] == '1') changes.push_back(i);
        rows.push_back(field[3][i] == '1' ? 1 : 0);
      }
      cases.push_back(make(field[2].size(), changes, std::stoi(field[1]) * second));
      said.push_back(rows);
      continue;
    }
    const std::vector<std::span<const std::uint8_t>> spans(said.begin(), said.end());
    for (std::size_t i = 0; i < 3; ++i) {
      const auto ours = change_point_score(cases, spans, nab_profiles()[i]);
      ASSERT_TRUE(ours);
      EXPECT_NEAR(*ours, std::stod(field[i + 1]), 0.0051) << line;  // tsad rounds
      ++checked;
    }
    cases.clear();
    said.clear();
  }
  EXPECT_EQ(checked, 24U);
}

TEST(ChangePointsTest, CountsWhatIsMissedAndWhatIsSaidInVain) {
  const std::vector<Case> cases = {make(300, {100, 200}), make(50, {})};
  const std::vector<Rows> said = {said_at(300, {10, 120, 130, 161, 199}), said_at(50, {0})};
  const std::vector<std::span<const std::uint8_t>> spans(said.begin(), said.end());
  const ChangeCounts counts = count_changes(cases, spans);
  EXPECT_EQ(counts.points, 2);
  EXPECT_EQ(counts.missed, 1);
  EXPECT_EQ(counts.outside, 4);  // 10, 161, 199, and 0 of the second
}

// One change said in 1,000 rows, of which 854 lie in 14 windows: there it is worth 1 to -0.11,
// 0.445 on average, and a miss less; else -0.11.
TEST(ChangePointsTest, ChanceIsWhatRandomRowsAreWorth) {
  std::vector<std::size_t> changes;
  for (std::size_t row = 0; row <= 910; row += 70) changes.push_back(row);
  const std::vector<Case> cases = {make(1'000, changes)};
  const double expected = 100 * (0.854 * (1 + 0.445) - 0.146 * 0.11) / 28;
  EXPECT_NEAR(chance_change_score(cases, 1, nab_profiles()[0]).value_or(99), expected, 0.7);
  EXPECT_EQ(chance_change_score(cases, 0, nab_profiles()[0]), 0);
  const std::vector<Case> none = {make(10, {})};
  EXPECT_FALSE(chance_change_score(none, 1, nab_profiles()[0]));
}

TEST(ChangePointsTest, NoneWithoutAChangePoint) {
  const std::vector<Case> cases = {make(10, {})};
  const Rows said(10, 0);
  const std::span<const std::uint8_t> spans[] = {said};
  EXPECT_FALSE(change_point_score(cases, spans, nab_profiles()[0]));
}

TEST(ChangePointsTest, EdgesAreBeginAndRowBehindTheEnd) {
  EXPECT_EQ(edges_of(Rows{1, 1, 0, 0, 1, 0, 1}), (Rows{1, 0, 1, 0, 1, 1, 1}));
  EXPECT_TRUE(edges_of(Rows{}).empty());
}

TEST(ChangePointsTest, FiguresPoolAllRowsUnderOneThreshold) {
  std::vector<Case> cases = {make(4, {1}), make(4, {2})};
  cases[0].truth.labels = {0, 1, 1, 0};
  cases[1].truth.labels = {0, 0, 1, 0};
  std::vector<Scores> scores(2);
  scores[0].score = {0, 3, 3, 2};
  scores[1].score = {0, 0, 1, 0};
  // At 3: two of three rows, nothing false; at 1: all three and one false. F1 6/7 beats 4/5.
  std::vector<Figure> figures = skab_figures(cases, scores);
  ASSERT_EQ(figures.size(), 17U);
  EXPECT_EQ(figures[0].name, "skab_f1");
  EXPECT_NEAR(*figures[0].value, 6.0 / 7, 1e-12);
  EXPECT_EQ(figures[1].name, "skab_far");
  EXPECT_NEAR(*figures[1].value, 20, 1e-12);
  EXPECT_EQ(figures[2].name, "skab_mar");
  EXPECT_NEAR(*figures[2].value, 0, 1e-12);
  EXPECT_EQ(figures[3].name, "skab_change_standard");
  EXPECT_NEAR(*figures[3].value, 100, 1e-9);  // the rows behind an end lie within the windows
  EXPECT_EQ(figures[6].name, "skab_own_f1");
  EXPECT_FALSE(figures[6].value);
  EXPECT_FALSE(figures[9].value);
  for (Scores& one : scores) {
    one.anomalous = {0, 1, 1, 0};
    one.alert.assign(4, 0);
    one.change = {0, 1, 0, 0};
  }
  figures = skab_figures(cases, scores);
  EXPECT_NEAR(*figures[6].value, 6.0 / 7, 1e-12);
  EXPECT_EQ(figures[9].name, "skab_own_change_standard");
  EXPECT_NEAR(*figures[9].value, 100 * (1 - 1 - 0.11 + 2) / 4, 1e-9);
  EXPECT_EQ(figures[12].name, "skab_own_change_missed");
  EXPECT_EQ(figures[12].value, 1);
  EXPECT_EQ(figures[13].name, "skab_own_change_false");
  EXPECT_EQ(figures[13].value, 1);
  EXPECT_EQ(figures[14].name, "skab_chance_change_standard");
}

}  // namespace
}  // namespace retimu
