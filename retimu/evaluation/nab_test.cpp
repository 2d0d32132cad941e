// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/nab.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace retimu {
namespace {

using Flags = std::vector<std::uint8_t>;

const NabProfile& standard = nab_profiles()[0];
const NabProfile& low_fp = nab_profiles()[1];
const NabProfile& low_fn = nab_profiles()[2];

double sigmoid(double x) { return 2 / (1 + std::exp(5 * x)) - 1; }

Case make(std::size_t rows, std::vector<Span> windows, std::size_t judged_from) {
  Case one;
  one.truth.labels.assign(rows, 0);
  one.truth.windows = std::move(windows);
  one.truth.judged_from = judged_from;
  return one;
}

double at(const std::vector<Case>& cases, const std::vector<Flags>& flags,
          const NabProfile& profile) {
  const std::vector<std::span<const std::uint8_t>> spans(flags.begin(), flags.end());
  const std::optional<double> score = nab_at(cases, spans, profile);
  EXPECT_TRUE(score);
  return score.value_or(-1);
}

Flags detections(std::size_t rows, const std::vector<std::size_t>& at_rows) {
  Flags flags(rows, 0);
  for (const std::size_t row : at_rows) flags[row] = 1;
  return flags;
}

TEST(NabTest, PerfectIsAHundredAndNothingIsZero) {
  const std::vector<Case> cases = {make(20, {{4, 9}, {12, 16}}, 3), make(10, {{5, 8}}, 0)};
  for (const NabProfile& profile : nab_profiles()) {
    EXPECT_NEAR(at(cases, {detections(20, {4, 12}), detections(10, {5})}, profile), 100, 1e-12);
    EXPECT_EQ(at(cases, {detections(20, {}), detections(10, {})}, profile), 0);
  }
}

// One window of rows 4 to 8, one of 12 to 15; perfect - null is 2 + 2 for standard, 2 + 4 for
// low_fn.
TEST(NabTest, TheFirstDetectionInAWindowCountsByItsPlace) {
  const std::vector<Case> cases = {make(20, {{4, 9}, {12, 16}}, 0)};
  const double third = sigmoid(-3.0 / 5) / sigmoid(-1);
  EXPECT_NEAR(at(cases, {detections(20, {6, 7, 8})}, standard), 100 * (third + 1) / 4, 1e-12);
  EXPECT_NEAR(at(cases, {detections(20, {6})}, low_fn), 100 * (third + 2) / 6, 1e-12);
  const double last = sigmoid(-1.0 / 4) / sigmoid(-1);
  EXPECT_NEAR(at(cases, {detections(20, {15})}, standard), 100 * (last + 1) / 4, 1e-12);
}

TEST(NabTest, AFalseAlarmCostsByItsDistanceFromTheWindowBefore) {
  const std::vector<Case> cases = {make(40, {{4, 9}}, 0)};
  const auto cost = [&](std::size_t row, const NabProfile& profile) {
    return at(cases, {detections(40, {row})}, profile);
  };
  EXPECT_NEAR(cost(3, standard), 100 * -0.11 / 2, 1e-12);  // no window before
  EXPECT_NEAR(cost(3, low_fp), 100 * -0.22 / 2, 1e-12);
  EXPECT_NEAR(cost(9, standard), 100 * 0.11 * sigmoid(1.0 / 4) / 2, 1e-12);
  EXPECT_NEAR(cost(10, low_fn), 100 * 0.11 * sigmoid(2.0 / 4) / 3, 1e-12);
  EXPECT_NEAR(cost(20, standard), 100 * -0.11 / 2, 1e-12);  // three widths behind it
  EXPECT_NEAR(cost(19, standard), 100 * 0.11 * sigmoid(11.0 / 4) / 2, 1e-12);
  EXPECT_NEAR(at(cases, {detections(40, {0, 3, 30})}, standard), 100 * -0.33 / 2, 1e-12);
}

TEST(NabTest, RowsOfTheProbationDoNotCount) {
  const std::vector<Case> cases = {make(20, {{4, 9}, {12, 16}}, 10)};
  EXPECT_EQ(at(cases, {detections(20, {0, 4, 9})}, standard), 0);
  EXPECT_NEAR(at(cases, {detections(20, {12})}, standard), 100,
              1e-12);  // the other cannot be found
  const std::vector<Case> none = {make(20, {{4, 9}}, 10)};
  const Flags flags = detections(20, {15});
  const std::span<const std::uint8_t> spans[] = {flags};
  EXPECT_FALSE(nab_at(none, spans, standard));
}

TEST(NabTest, OneThresholdForAllSeries) {
  const std::vector<Case> cases = {make(6, {{3, 5}}, 0), make(6, {{3, 5}}, 0)};
  std::vector<Scores> scores(2);
  scores[0].score = {0, 0, 0, 5, 0, 0};
  scores[1].score = {4, 4, 0, 3, 0, 0};
  // At 5: one window. At 4: two false alarms more. At 3: both windows.
  const NabBest best = nab_best(cases, scores, standard);
  EXPECT_EQ(best.threshold, 3);
  EXPECT_NEAR(*best.score, 100 * (2 - 0.22 + 2) / 4, 1e-12);
  scores[1].score = {4, 4, 4, 3, 4, 4};
  EXPECT_EQ(nab_best(cases, scores, standard).threshold, 3);
  const std::vector<Case> wide = {cases[0], make(40, {{38, 40}}, 0)};
  scores[1].score.assign(40, 4);
  EXPECT_EQ(nab_best(wide, scores, standard).threshold, 5);
  EXPECT_NEAR(*nab_best(wide, scores, standard).score, 50, 1e-12);
}

TEST(NabTest, TheBestThresholdMayDetectNothing) {
  std::vector<Case> cases = {make(40, {{38, 40}}, 0)};
  std::vector<Scores> scores(1);
  scores[0].score.assign(40, 1);
  const NabBest best = nab_best(cases, scores, standard);
  EXPECT_EQ(best.threshold, std::numeric_limits<double>::infinity());
  EXPECT_EQ(*best.score, 0);
  // Rows of one score are detected together, wherever the window lies.
  cases[0].truth.windows = {{0, 2}};
  EXPECT_EQ(*nab_best(cases, scores, standard).score, 0);
  cases[0].truth.windows.clear();
  EXPECT_FALSE(nab_best(cases, scores, standard).score);
}

TEST(NabTest, FiguresOfWhatTheScorerDecidedAreThereOrNone) {
  const std::vector<Case> cases = {make(8, {{3, 6}}, 0)};
  std::vector<Scores> scores(1);
  scores[0].score = {0, 0, 0, 1, 0, 0, 0, 0};
  std::vector<Figure> figures = nab_figures(cases, scores);
  ASSERT_EQ(figures.size(), 9U);
  EXPECT_EQ(figures[0].name, "nab_standard");
  EXPECT_NEAR(*figures[0].value, 100, 1e-12);
  EXPECT_EQ(figures[3].name, "nab_alert_standard");
  EXPECT_FALSE(figures[3].value);
  scores[0].anomalous = {1, 0, 0, 1, 1, 0, 0, 0};
  scores[0].alert = {0, 0, 0, 1, 0, 0, 0, 0};
  scores[0].change.assign(8, 0);
  figures = nab_figures(cases, scores);
  EXPECT_NEAR(*figures[3].value, 100, 1e-12);
  EXPECT_EQ(figures[7].name, "nab_anomalous_low_fp");
  EXPECT_NEAR(*figures[7].value, 100 * (2 - 0.22) / 2, 1e-12);
}

}  // namespace
}  // namespace retimu
