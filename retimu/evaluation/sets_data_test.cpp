// SPDX-License-Identifier: Apache-2.0
// The sets themselves, where RETIMU_DATA names a folder that holds them: counts that their authors
// state, and the scores that NAB publishes. Without the variable nothing is tested.
#include "retimu/evaluation/nab.hpp"
#include "retimu/evaluation/numbers.hpp"
#include "retimu/evaluation/set_files.hpp"
#include "retimu/evaluation/sets_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace retimu {
namespace {

class SetsDataTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("RETIMU_DATA");
    if (folder == nullptr) GTEST_SKIP() << "RETIMU_DATA names no folder";
    data_ = folder;
  }
  std::string data_;
};

TEST_F(SetsDataTest, EverySetThatIsThereIsRead) {
  for (const SetEntry& set : set_catalogue()) {
    const Result<std::vector<Case>> cases = set.read(data_);
    if (!cases) {
      EXPECT_NE(error_of(cases).find(": the set is not there"), std::string::npos)
          << cases.error().message;
      continue;
    }
    EXPECT_LE(cases->size(), set.published_cases) << set.name;
    for (const Case& one : *cases) {
      const std::size_t rows = one.series.rows.rows();
      EXPECT_GT(rows, 0U) << one.series.name;
      EXPECT_EQ(one.truth.labels.size(), rows) << one.series.name;
      EXPECT_EQ(one.series.times.size(), rows) << one.series.name;
      EXPECT_EQ(one.series.train_times.size(), one.series.train.rows()) << one.series.name;
      EXPECT_EQ(one.series.columns.size(), one.series.rows.columns) << one.series.name;
      EXPECT_EQ(one.series.train.columns, one.series.rows.columns) << one.series.name;
      EXPECT_EQ(one.truth.windows, spans_of(one.truth.labels)) << one.series.name;
      EXPECT_EQ(std::ranges::find(one.series.columns, "label"), one.series.columns.end());
    }
  }
}

struct Published {
  std::string detector;
  double standard, low_fp, low_fn;
};

TEST_F(SetsDataTest, NabGivesThePublishedScores) {
  const Result<std::vector<Case>> cases = find_set("nab")->read(data_);
  if (!cases) GTEST_SKIP() << cases.error().message;
  ASSERT_EQ(cases->size(), 58U);
  std::size_t windows = 0;
  for (const Case& one : *cases) windows += one.truth.windows.size();
  EXPECT_EQ(windows, 116U);
  for (const Published& published : {Published{"windowedGaussian", 39.65, 20.87, 47.41},
                                     Published{"relativeEntropy", 54.64, 47.60, 58.84}}) {
    const std::string name = published.detector + ".csv";
    auto path = find_file(data_ + "/nab/results", name);
    if (!path) path = find_file(data_ + "/results", name);
    if (!path) GTEST_SKIP() << name << " is not there";
    const Result<Numbers> rows = read_numbers(*path, {.text = {"file"}});
    ASSERT_TRUE(rows) << rows.error().message;
    std::map<std::string, std::vector<double>> by_file;
    for (std::size_t i = 0; i < rows->table.rows(); ++i) {
      by_file[rows->text[0][i]].push_back(rows->table.row(i)[1]);
    }
    std::vector<Scores> scores;
    for (const Case& one : *cases) {
      scores.push_back({by_file[one.series.name + ".csv"], {}, {}, {}});
      ASSERT_EQ(scores.back().score.size(), one.series.rows.rows()) << one.series.name;
    }
    const std::vector<Figure> figures = nab_figures(*cases, scores);
    EXPECT_NEAR(figures[0].value.value_or(0), published.standard, 0.005) << name;
    EXPECT_NEAR(figures[1].value.value_or(0), published.low_fp, 0.005) << name;
    EXPECT_NEAR(figures[2].value.value_or(0), published.low_fn, 0.005) << name;
    // The same threshold as given detections: the same score.
    const NabBest best = nab_best(*cases, scores, nab_profiles()[0]);
    std::vector<std::vector<std::uint8_t>> flags(scores.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      for (const double score : scores[i].score) {
        flags[i].push_back(score >= best.threshold ? 1 : 0);
      }
    }
    const std::vector<std::span<const std::uint8_t>> spans(flags.begin(), flags.end());
    EXPECT_NEAR(nab_at(*cases, spans, nab_profiles()[0]).value_or(0), *best.score, 1e-9);
  }
}

}  // namespace
}  // namespace retimu
