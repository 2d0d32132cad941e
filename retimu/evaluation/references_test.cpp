// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/references.hpp"

#include "retimu/core/random.hpp"
#include "retimu/evaluation/evaluate.hpp"
#include "retimu/evaluation/filled.hpp"
#include "retimu/evaluation/ranking.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <set>

namespace retimu {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// Two columns that go together and one that stands still; in the last rows they part.
Case make_case(std::size_t train_rows, bool has_gaps) {
  Random random(3);
  Case one;
  one.series.name = "pair";
  one.series.columns = {"a", "b", "still"};
  one.series.train.columns = one.series.rows.columns = 3;
  for (std::size_t i = 0; i < train_rows + 2'000; ++i) {
    const bool is_wrong = i >= train_rows + 1'950;
    const double level = random.uniform();
    std::vector<double> row{level, 2 * level + 0.01 * random.uniform(), 7};
    if (is_wrong) row[1] = 4 + random.uniform();
    if (has_gaps && i % 13 == 0) row[i % 3] = missing;
    (i < train_rows ? one.series.train : one.series.rows).append(row);
    if (i < train_rows) continue;
    one.series.times.push_back(static_cast<Time>(i) * second);
    one.truth.labels.push_back(is_wrong ? 1 : 0);
  }
  return one;
}

TEST(References, RankWhatIsStrangeFirstButForTheRandomOne) {
  for (const bool has_gaps : {false, true}) {
    for (const std::size_t train_rows : {0UL, 500UL}) {
      const Case one = make_case(train_rows, has_gaps);
      for (const NamedScorer& named : reference_scorers()) {
        const Result<Scores> scores = named.scorer->score(one.series);
        ASSERT_TRUE(scores) << scores.error().message;
        ASSERT_EQ(scores->score.size(), one.truth.labels.size());
        for (const double score : scores->score) ASSERT_TRUE(std::isfinite(score)) << named.name;
        EXPECT_FALSE(scores->has_decisions());
        const double area = *auc_roc(scores->score, one.truth.labels);
        if (named.name == "random") {
          EXPECT_NEAR(area, 0.5, 0.15);
        } else {
          // The moving window gets used to what lasts.
          EXPECT_GT(area, named.name == "moving z" ? 0.6 : 0.95) << named.name << train_rows;
        }
        EXPECT_EQ(named.scorer->score(one.series)->score, scores->score) << named.name;
      }
    }
  }
}

TEST(References, TakeAShortSeries) {
  for (const std::size_t rows : {0UL, 1UL, 2UL, 3UL}) {
    Series series;
    series.columns = {"a"};
    series.train.columns = series.rows.columns = 1;
    for (std::size_t i = 0; i < rows; ++i) {
      series.rows.append(std::vector<double>{i == 1 ? missing : 1.0});
    }
    for (const NamedScorer& named : reference_scorers()) {
      const Result<Scores> scores = named.scorer->score(series);
      ASSERT_TRUE(scores) << named.name;
      EXPECT_EQ(scores->score.size(), rows) << named.name;
    }
  }
}

// JSON has a key for each scorer: one of the same name would take the other's place.
TEST(References, HaveNamesOfTheirOwn) {
  std::vector<NamedScorer> all = reference_scorers();
  std::ranges::move(retimu_scorers({}), std::back_inserter(all));
  std::set<std::string> names;
  for (const NamedScorer& one : all) EXPECT_TRUE(names.insert(one.name).second) << one.name;
}

TEST(Filled, CarriesTheLastValueOn) {
  Series series;
  series.columns = {"a", "b", "c"};
  series.train.columns = series.rows.columns = 3;
  series.train.append(std::vector<double>{missing, 5, missing});
  series.rows.append(std::vector<double>{1, missing, missing});
  series.rows.append(std::vector<double>{missing, 6, missing});
  const Filled filled = fill(series);
  EXPECT_EQ(filled.train.values, (std::vector<double>{1, 5, 0}));
  EXPECT_EQ(filled.rows.values, (std::vector<double>{1, 5, 0, 1, 6, 0}));
  EXPECT_EQ(fit_rows(filled).rows(), 1U);
}

}  // namespace
}  // namespace retimu
