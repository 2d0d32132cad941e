// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/half_space_trees.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <new>

namespace retimu {
namespace {

// Rows of one entity, kept as the engine keeps them.
class Trees {
 public:
  explicit Trees(std::size_t columns, std::uint64_t seed = 1)
      : trees_({}, seed),
        state_(trees_.bytes(columns) / sizeof(double) + 2),
        scratch_(trees_.scratch_bytes(columns)),
        columns_(columns),
        latest_(columns),
        updated_(columns) {
    for (std::size_t i = 0; i < columns; ++i) {
      columns_[i] = static_cast<ColumnId>(i);
      present_.push_back(static_cast<std::uint32_t>(i));
    }
    trees_.create(at(), columns, 5);
  }
  ~Trees() { trees_.destroy(at(), columns_.size()); }
  Trees(const Trees&) = delete;
  Trees& operator=(const Trees&) = delete;

  std::optional<double> score(std::span<const double> row) {
    std::ranges::copy(row, latest_.begin());
    event_.payload = Readings{columns_, latest_};
    view_ = {columns_, latest_, updated_, present_};
    return trees_.score(at(), {event_, view_}, scratch_);
  }
  std::optional<double> feed(std::span<const double> row) {
    const std::optional<double> score = this->score(row);
    trees_.learn(at(), {event_, view_}, scratch_);
    return score;
  }

 private:
  void* at() {  // aligned to 16
    void* at = state_.data();
    std::size_t space = state_.size() * sizeof(double);
    return std::align(16, space - 8, at, space);
  }
  HalfSpaceTrees trees_;
  std::vector<double> state_;
  std::vector<std::byte> scratch_;
  std::vector<ColumnId> columns_;
  std::vector<double> latest_;
  std::vector<Time> updated_;
  std::vector<std::uint32_t> present_;
  Event event_;
  EntityView view_;
};

TEST(HalfSpaceTrees, AnEmptyCornerIsStrangerThanTheCrowd) {
  Trees trees(2);
  Random random(3);
  for (int i = 0; i < 2'000; ++i) {
    const double x = bell(random);
    const std::array row{x, x + 0.2 * bell(random)};  // on the diagonal
    trees.feed(row);
  }
  const double crowd = trees.score(std::array{0.0, 0.0}).value();
  const double corner =
      trees.score(std::array{2.0, -2.0}).value();  // each value usual, together not
  const double far = trees.score(std::array{9.0, 9.0}).value();
  EXPECT_GT(corner, crowd);
  EXPECT_GT(far, crowd);
}

// All trees see both columns, and no cut lies out there: only the distance differs, by a doubling.
TEST(HalfSpaceTrees, BeyondTheCubeTwiceAsFarIsSixBitsStranger) {
  Trees trees(2);
  Random random(4);
  for (int i = 0; i < 2'000; ++i) trees.feed(std::array{bell(random), bell(random)});
  const double usual = trees.score(std::array{0.0, 0.0}).value();
  const double near = trees.score(std::array{-8.0, 0.0}).value();
  const double far = trees.score(std::array{1e6, 0.0}).value();
  const double further = trees.score(std::array{2e6, 0.0}).value();
  EXPECT_GT(near, usual + 5);
  EXPECT_GT(far, near + 50);
  EXPECT_NEAR(further - far, 6, 0.01);
}

TEST(HalfSpaceTrees, AnotherSeedGrowsOtherTrees) {
  Trees one(3, 1), two(3, 2);
  Random random(3);
  bool differs = false;
  for (int i = 0; i < 1'000; ++i) {
    const std::array row{bell(random), bell(random), bell(random)};
    differs = differs || one.feed(row) != two.feed(row);
  }
  EXPECT_TRUE(differs);
}

TEST(HalfSpaceTrees, AbstainsForTwentyFourRows) {
  Trees trees(1);
  Random random(3);
  for (int i = 0; i < 24; ++i) EXPECT_EQ(trees.feed(std::array{bell(random)}), std::nullopt) << i;
  EXPECT_TRUE(trees.feed(std::array{bell(random)}).has_value());
}

// The first tree of 6 cuts begins with the same 5 as that of 5, which rows of few columns descend
// another way where trees are not few, too.
TEST(HalfSpaceCuts, FewColumnsDescendAsManyDo) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const std::size_t trees = seed % 2 == 0 ? 1 : 8;
    const HalfSpaceCuts five(trees, 5, seed), six(trees, 6, seed);
    Random random(seed);
    for (std::size_t columns = 1; columns <= 20; ++columns) {
      std::vector<std::int32_t> row(columns), places(columns);
      for (std::int32_t& place : row) {
        place = static_cast<std::int32_t>(random.below(3 * HalfSpaceCuts::one_place + 1)) -
                HalfSpaceCuts::one_place;
      }
      std::vector<std::uint16_t> leaf(trees), deeper(trees);
      const auto place_at = [&](std::size_t column) { return row[column]; };
      five.descend(columns, place_at, places, leaf);
      six.descend(columns, place_at, places, deeper);
      EXPECT_GE(leaf[0], 32);
      EXPECT_EQ(leaf[0], deeper[0] / 2) << seed << " " << columns;
    }
  }
}

}  // namespace
}  // namespace retimu
