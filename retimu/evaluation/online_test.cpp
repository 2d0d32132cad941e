// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/online.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

Case make_case() {
  Case one;
  one.series.columns = {"x"};
  one.series.train = {1, {7, 8}};
  one.series.train_times = {10, 20};
  one.series.rows = {1, {1, 2, 3}};
  one.series.times = {30, 40, 50};
  one.truth.labels = {0, 1, 1};
  one.truth.windows = {{1, 3}};
  one.truth.changes = {1};
  one.truth.causes = {{{1, 3}, {0}}};
  return one;
}

TEST(Online, LeavesOutWhatIsNotOfTheSameRecording) {
  const std::vector<Case> cases = online(*find_set("smd"), {make_case()});
  EXPECT_EQ(cases[0].series.train.rows(), 0U);
  EXPECT_TRUE(cases[0].series.train_times.empty());
  EXPECT_EQ(cases[0].series.rows.values, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(cases[0].truth.windows, (std::vector<Span>{{1, 3}}));
  EXPECT_EQ(cases[0].truth.judged_from, online_rows_min);
}

TEST(Online, StreamsTheHeadOfTheSameRecording) {
  std::vector<Case> cases = online(*find_set("skab"), {make_case()});
  const auto& [series, truth] = cases[0];
  EXPECT_EQ(series.train.rows(), 0U);
  EXPECT_EQ(series.rows.values, (std::vector<double>{7, 8, 1, 2, 3}));
  EXPECT_EQ(series.times, (std::vector<Time>{10, 20, 30, 40, 50}));
  EXPECT_EQ(truth.labels, (std::vector<std::uint8_t>{0, 0, 0, 1, 1}));
  EXPECT_EQ(truth.windows, spans_of(truth.labels));
  EXPECT_EQ(truth.changes, (std::vector<std::size_t>{3}));
  EXPECT_EQ(truth.causes[0].rows, (Span{3, 5}));
}

TEST(Online, NeverJudgesTheHead) {
  Case one = make_case();
  one.series.train = {1, std::vector<double>(400, 0)};
  one.series.train_times.assign(400, 0);
  EXPECT_EQ(online(*find_set("skab"), {one})[0].truth.judged_from, 400U);
  one.truth.judged_from = 1'000;
  EXPECT_EQ(online(*find_set("nab"), {one})[0].truth.judged_from, 1'000U);
}

}  // namespace
}  // namespace retimu
