// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/compare.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

using Values = std::vector<std::optional<double>>;
using Rows = std::vector<std::uint8_t>;

TEST(Compare, ADifferenceThatIsTheSameEverywhereIsCertain) {
  const auto found = compare(Values{0.1, 0.5, 0.9}, Values{0.3, 0.7, 1.1});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->series, 3U);
  EXPECT_NEAR(found->mean, 0.2, 1e-12);
  EXPECT_NEAR(found->low, 0.2, 1e-12);
  EXPECT_NEAR(found->high, 0.2, 1e-12);
  EXPECT_NEAR(found->mean_before, 0.5, 1e-12);
  EXPECT_NEAR(found->mean_after, 0.7, 1e-12);
}

TEST(Compare, IsPaired) {
  const auto found = compare(Values{0.1, std::nullopt, 0.9}, Values{0.2, 0.7, std::nullopt});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->series, 1U);
  EXPECT_NEAR(found->mean, 0.1, 1e-12);
  EXPECT_FALSE(compare(Values{std::nullopt}, Values{1.0}));
  EXPECT_FALSE(compare(Values{}, Values{}));
}

// Of 100 differences 0 and 100 of 1 the mean is normal with deviation sqrt(1 / 4 / 200).
TEST(Compare, TheIntervalIsThatOfTheMean) {
  Values before(200, 0.0), after(200, 0.0);
  for (std::size_t i = 0; i < 100; ++i) after[i] = 1.0;
  const auto found = compare(before, after);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->low, 0.5 - 1.96 * 0.03536, 0.006);
  EXPECT_NEAR(found->high, 0.5 + 1.96 * 0.03536, 0.006);
}

TEST(CompareEpisodes, MatchesByOverlap) {
  Truth truth;
  //              0  1  2  3  4  5  6  7  8  9 10 11 12 13 14
  truth.labels = {0, 1, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0};
  const Rows before{0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1};
  const Rows after{0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0};
  const EpisodeChanges changes = compare_episodes(truth, before, after);
  EXPECT_EQ(changes.events, 3U);
  EXPECT_EQ(changes.earlier, 1U);
  EXPECT_EQ(changes.lost, 1U);
  EXPECT_EQ(changes.gained, 1U);
  EXPECT_EQ(changes.later + changes.same, 0U);
  EXPECT_EQ(changes.false_kept, 1U);
  EXPECT_EQ(changes.false_gained, 1U);
  EXPECT_EQ(changes.false_lost, 1U);
}

TEST(CompareEpisodes, LeavesOutWhatIsNotJudged) {
  Truth truth;
  truth.labels = {1, 0, 0, 1};
  truth.judged_from = 2;
  EpisodeChanges changes = compare_episodes(truth, Rows{1, 1, 0, 1}, Rows{0, 0, 0, 1});
  EXPECT_EQ(changes.events, 1U);
  EXPECT_EQ(changes.same, 1U);
  EXPECT_EQ(changes.false_lost + changes.false_gained + changes.lost, 0U);
  changes += changes;
  EXPECT_EQ(changes.same, 2U);
}

}  // namespace
}  // namespace retimu
