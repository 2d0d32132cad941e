// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/column_blocks.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace retimu {
namespace {

TEST(ColumnBlocks, AreNearlyEqualAndNeverLargerThanTheLimit) {
  EXPECT_EQ(ColumnBlocks(64).count(), 1U);
  EXPECT_EQ(ColumnBlocks(64).size(0), 64U);
  const ColumnBlocks few(65);
  ASSERT_EQ(few.count(), 3U);
  EXPECT_EQ(few.size(0), 22U);
  EXPECT_EQ(few.size(1), 22U);
  EXPECT_EQ(few.size(2), 21U);
  for (std::size_t columns = 65; columns <= 1'100; ++columns) {
    const ColumnBlocks blocks(columns);
    std::size_t sum = 0;
    for (std::size_t block = 0; block < blocks.count(); ++block) {
      EXPECT_LE(blocks.size(block), ColumnBlocks::columns_most);
      sum += blocks.size(block);
    }
    EXPECT_EQ(sum, columns);
  }
}

constexpr std::size_t columns = 96;

std::vector<std::uint16_t> group(const std::vector<double>& rows) {
  std::vector<std::uint16_t> order(columns, 7);
  group_columns(rows, ColumnBlocks(columns), order);
  return order;
}

// Three causes, whose columns lie between each other's: each cause gets a block. One reading of
// 1e9 in each of two columns does not bring these together.
TEST(ColumnBlocks, ColumnsThatGoTogetherComeTogether) {
  Random random(1);
  std::vector<double> rows;
  for (int t = 0; t < 128; ++t) {
    const double causes[] = {bell(random), bell(random), bell(random)};
    for (std::size_t j = 0; j < columns; ++j) {
      const double sign = j % 2 == 0 ? 1 : -1;
      rows.push_back(100.0 * static_cast<double>(j) + sign * causes[j % 3] + bell(random));
    }
  }
  rows[40 * columns] = rows[40 * columns + 1] = 1e9;
  const std::vector<std::uint16_t> order = group(rows);
  ASSERT_TRUE(is_permutation(order));
  for (std::size_t place = 0; place < columns; ++place) {
    EXPECT_EQ(order[place] % 3, order[place / 32 * 32] % 3) << place;
    if (place % 32 == 0) continue;
    EXPECT_GT(order[place], order[place - 1]) << place;
  }
}

TEST(ColumnBlocks, TakesColumnsThatStandStillOrAreAbsurd) {
  std::vector<double> rows(128 * columns, 5);
  std::vector<std::uint16_t> as_they_come(columns);
  std::iota(as_they_come.begin(), as_they_come.end(), std::uint16_t{0});
  EXPECT_EQ(group(rows), as_they_come);
  for (std::size_t i = 0; i < rows.size(); i += 3) rows[i] = i % 2 == 0 ? 1e100 : -1e100;
  EXPECT_TRUE(is_permutation(group(rows)));
}

TEST(ColumnBlocks, KnowsAPermutation) {
  const std::vector<std::uint16_t> good{2, 0, 1}, twice{2, 0, 2}, beyond{3, 0, 1};
  EXPECT_TRUE(is_permutation(good));
  EXPECT_TRUE(is_permutation({}));
  EXPECT_FALSE(is_permutation(twice));
  EXPECT_FALSE(is_permutation(beyond));
}

}  // namespace
}  // namespace retimu
