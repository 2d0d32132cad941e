// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/random.hpp"
#include "retimu/evaluation/references.hpp"
#include "retimu/stats/baseline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace retimu {
namespace {

Series one_column() {
  Series series;
  series.columns = {"a"};
  series.train.columns = series.rows.columns = 1;
  return series;
}

// A column alone, its windows compared one by one: before the memory is full, nothing is drawn.
TEST(NearestWindows, SayHowFarTheThirdNearestIs) {
  constexpr std::size_t length = 16, known = Baseline::first_values, window = 2'048;
  Random random(5);
  Series series = one_column();
  std::vector<double> all;
  for (std::size_t i = 0; i < 900; ++i) {
    all.push_back(1'000 + static_cast<double>(i % 24) + 5 * random.uniform());
    series.rows.append(std::vector<double>{all.back()});
  }
  const Result<Scores> scores = make_nearest_windows()->score(series);
  ASSERT_TRUE(scores);

  Baseline readings, distances;
  std::vector<std::size_t> remembered;  // where windows begin
  std::size_t told = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    double expected = 0;
    if (remembered.size() >= 3) {
      std::vector<double> away;
      for (const std::size_t begin : remembered) {
        double sum = 0;
        for (std::size_t k = 0; k < length; ++k) {
          sum += std::pow(all[begin + k] - all[i + 1 - length + k], 2);
        }
        away.push_back(std::sqrt(sum / length) / readings.deviation());
      }
      std::ranges::sort(away);
      if (distances.is_known()) expected = std::max(distances.units(away[2]), 0.0);
      distances.learn(away[2], window);
    }
    readings.learn(all[i], window);
    ASSERT_NEAR(scores->score[i], expected, 1e-3) << i;
    told += expected > 0 ? 1 : 0;
    const std::size_t seen = i + 1 - std::min(i + 1, known);
    if (seen >= 2 * length && seen % 13 == 0) remembered.push_back(i + 1 - 2 * length);
  }
  EXPECT_GT(told, 100U);
}

// No reading of a tooth that is the wrong way round is unusual. Long before it all places are
// taken.
TEST(NearestWindows, SeeAnUnusualOrder) {
  Random random(6);
  Series series = one_column();
  for (std::size_t i = 0; i < 6'000; ++i) {
    const std::size_t phase = i % 24;
    const bool is_wrong = i / 24 == 240;
    series.rows.append(
        std::vector<double>{static_cast<double>(is_wrong ? 23 - phase : phase) + random.uniform()});
  }
  const Result<Scores> scores = make_nearest_windows()->score(series);
  ASSERT_TRUE(scores);
  const auto most = std::ranges::max_element(scores->score.begin() + 3'000, scores->score.end());
  EXPECT_EQ((most - scores->score.begin() - 8) / 24, 240);
}

// Teeth one way round, so many the other way, then again as at first.
std::vector<double> score_teeth(std::size_t reversed) {
  Random random(8);
  Series series = one_column();
  for (std::size_t i = 0; i < 24 * (130 + reversed); ++i) {
    const bool is_reversed = i / 24 >= 120 && i / 24 < 120 + reversed;
    const std::size_t phase = is_reversed ? 23 - i % 24 : i % 24;
    series.rows.append(std::vector<double>{static_cast<double>(phase) + random.uniform()});
  }
  return make_nearest_windows()->score(series)->score;
}

// Of 128 windows one is forgotten every 13 readings: after 240 nothing is, after 9,600 nearly all.
TEST(NearestWindows, ForgetWhatLongWasNot) {
  const auto most = [](const std::vector<double>& scores, std::size_t tooth) {
    const auto at = scores.begin() + static_cast<std::ptrdiff_t>(24 * tooth);
    return *std::max_element(at, at + 48);
  };
  const std::vector<double> soon = score_teeth(10), late = score_teeth(400);
  EXPECT_GT(most(soon, 120), 2 * most(soon, 138));
  EXPECT_GT(most(late, 120), 2 * most(late, 500));
  EXPECT_GT(most(late, 520), 2 * most(late, 500));
}

TEST(NearestWindows, ReadingsOfAnySizeHaveAScore) {
  Series series = one_column();
  for (std::size_t i = 0; i < 600; ++i) {
    series.rows.append(std::vector<double>{i < 100 ? 0 : i < 200 ? 1e-300 : 1.7e308});
  }
  const Result<Scores> scores = make_nearest_windows()->score(series);
  ASSERT_TRUE(scores);
  for (const double score : scores->score) EXPECT_TRUE(std::isfinite(score) && score >= 0);
  EXPECT_GT(scores->score[200], 1);
  EXPECT_EQ(scores->score[599], 0);
}

}  // namespace
}  // namespace retimu
