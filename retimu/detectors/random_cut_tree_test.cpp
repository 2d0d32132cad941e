// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/random_cut_tree.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

namespace retimu {
namespace {

constexpr std::size_t places = 40;
using Point = std::vector<float>;

// A table and one tree over it.
class Grove {
 public:
  explicit Grove(std::vector<float> weight)
      : d_(weight.size()),
        weight_(std::move(weight)),
        values_(places * d_, 0.0F),
        rows_(places, 0),
        cut_(places),
        links_(5 * places),
        column_(places),
        box_(places * 2 * d_) {}

  void insert(Place place, const Point& point, Random& random) {
    std::ranges::copy(point, &values_[place * d_]);
    rows_[place] = 1;
    RandomCutTree tree = this->tree();
    tree.insert(place, random);
    inner_ = tree.inner_count();
  }
  void remove(Place place) {
    RandomCutTree tree = this->tree();
    tree.remove(place);
    inner_ = tree.inner_count();
    rows_[place] = 0;
  }
  void count(Place place, bool is_more) {
    tree().count(place, is_more);
    rows_[place] = static_cast<std::uint16_t>(rows_[place] + (is_more ? 1 : -1));
  }
  double displacement(const Point& row) { return tree().displacement(row, {}); }
  std::vector<double> weights(const Point& row) {
    std::vector<double> weights(d_, 0.0);
    (void)tree().displacement(row, weights);
    return weights;
  }
  bool derive() {
    std::fill_n(links_.begin() + 2 * places, 3 * places, std::uint16_t{77});
    std::ranges::fill(box_, Place{3});
    return tree().derive();
  }

  // By definition, from cuts and children alone: the largest, over what encloses the place, of the
  // rows beside over the rows within.
  double displacement_of(Place place) const {
    return displacement_below(root_, place).value_or(-1);
  }
  std::size_t rows_below(std::uint16_t node) const {
    if (node >= RandomCutTree::first_leaf) return rows_[node - RandomCutTree::first_leaf];
    return rows_below(left(node)) + rows_below(right(node));
  }
  // Every point on its side of each cut, boxes and numbers of rows as they should be.
  void expect_sound() const {
    const auto points = std::ranges::count_if(rows_, [](auto rows) { return rows > 0; });
    EXPECT_EQ(inner_ + 1, static_cast<std::size_t>(std::max<std::ptrdiff_t>(points, 1)));
    if (points == 0) {
      EXPECT_EQ(root_, RandomCutTree::none);
      return;
    }
    EXPECT_EQ(below(root_).size(), static_cast<std::size_t>(points));
    expect_sound_below(root_);
  }
  std::uint16_t root() const { return root_; }
  float cut(std::uint16_t node) const { return cut_[node]; }
  std::size_t column(std::uint16_t node) const { return column_[node]; }
  std::uint16_t left(std::uint16_t node) const { return links_[node]; }
  std::uint16_t right(std::uint16_t node) const { return links_[places + node]; }
  bool operator==(const Grove&) const = default;

 private:
  RandomCutTree tree() {
    const std::span<std::uint16_t> links(links_);
    return {PointTable{d_, values_, rows_, weight_},
            RandomCutTree::Memory{.cut = cut_,
                                  .left = links.first(places),
                                  .right = links.subspan(places, places),
                                  .parent = links.subspan(2 * places, places),
                                  .rows = links.subspan(3 * places, places),
                                  .leaf_parent = links.subspan(4 * places, places),
                                  .column = column_,
                                  .box = box_,
                                  .root = &root_},
            inner_};
  }
  std::optional<double> displacement_below(std::uint16_t node, Place place) const {
    if (node >= RandomCutTree::first_leaf) {
      return node - RandomCutTree::first_leaf == place ? std::optional(0.0) : std::nullopt;
    }
    for (const auto& [with, beside] :
         {std::pair(left(node), right(node)), std::pair(right(node), left(node))}) {
      const std::optional<double> deeper = displacement_below(with, place);
      if (!deeper) continue;
      return std::max(
          *deeper, static_cast<double>(rows_below(beside)) / static_cast<double>(rows_below(with)));
    }
    return std::nullopt;
  }
  std::vector<Place> below(std::uint16_t node) const {
    if (node >= RandomCutTree::first_leaf) {
      return {static_cast<Place>(node - RandomCutTree::first_leaf)};
    }
    std::vector<Place> found = below(left(node));
    const std::vector<Place> others = below(right(node));
    found.insert(found.end(), others.begin(), others.end());
    return found;
  }
  float value(Place place, std::size_t column) const { return values_[place * d_ + column]; }
  void expect_sound_below(std::uint16_t node) const {
    if (node >= RandomCutTree::first_leaf) return;
    ASSERT_LT(node, inner_);
    for (const Place one : below(left(node))) EXPECT_LE(value(one, column(node)), cut(node));
    for (const Place one : below(right(node))) EXPECT_GT(value(one, column(node)), cut(node));
    EXPECT_EQ(links_[3 * places + node], rows_below(node));
    const std::vector<Place> all = below(node);
    for (std::size_t j = 0; j < d_; ++j) {
      float low = value(all[0], j), high = low;
      for (const Place one : all) {
        low = std::min(low, value(one, j));
        high = std::max(high, value(one, j));
      }
      EXPECT_EQ(value(box_[2 * d_ * node + j], j), low);
      EXPECT_EQ(value(box_[2 * d_ * node + d_ + j], j), high);
    }
    expect_sound_below(left(node));
    expect_sound_below(right(node));
  }

  std::size_t d_, inner_ = 0;
  std::vector<float> weight_, values_;
  std::vector<std::uint16_t> rows_;
  std::vector<float> cut_;
  std::vector<std::uint16_t> links_;  // left, right, parent, rows, leaf_parent
  std::vector<std::uint8_t> column_;
  std::vector<Place> box_;
  std::uint16_t root_ = RandomCutTree::none;
};

Point random_point(Random& random, std::size_t d) {
  Point point(d);
  for (float& value : point) value = static_cast<float>(bell(random));
  return point;
}

TEST(RandomCutTree, StaysSoundAsPointsComeAndGo) {
  Random random(1);
  Grove grove({1, 0.2F, 5});
  std::array<int, places> rows{};
  for (int i = 0; i < 3'000; ++i) {
    const auto place = static_cast<Place>(random.below(i < 2'000 ? places : 3));
    if (rows[place] == 0) {
      grove.insert(place, random_point(random, 3), random);
      ++rows[place];
    } else if (random.below(3) == 0) {
      grove.count(place, true);
      ++rows[place];
    } else if (rows[place] > 1) {
      grove.count(place, false);
      --rows[place];
    } else {
      grove.remove(place);
      --rows[place];
    }
    grove.expect_sound();
    if (testing::Test::HasFailure()) FAIL() << "after step " << i;
  }
}

// Placed again and again for real, the mean of its displacement by definition is what was foretold.
TEST(RandomCutTree, DisplacementIsTheMeanOverWhereARowMightGo) {
  Random random(2);
  Grove grove({1, 2});
  for (Place place = 0; place < 12; ++place) {
    grove.insert(place, random_point(random, 2), random);
    if (place % 5 == 0) grove.count(place, true);
  }
  for (const Point& row : {Point{0, 0}, Point{0.3F, -1.2F}, Point{2.5F, 0}, Point{9, -7}}) {
    constexpr int trials = 20'000;
    double sum = 0, squares = 0;
    for (int trial = 0; trial < trials; ++trial) {
      Grove copy = grove;
      copy.insert(30, row, random);
      const double one = copy.displacement_of(30);
      sum += one;
      squares += one * one;
    }
    const double mean = sum / trials;
    const double error = std::sqrt((squares / trials - mean * mean) / trials);
    EXPECT_NEAR(grove.displacement(row), mean, 4 * error + 1e-9) << row[0];
  }
}

// Of a row that is in the tree already: it would be one more there.
TEST(RandomCutTree, ARowThatIsInTheTreeIsOneMoreOfIt) {
  Random random(3);
  Grove grove({1, 1});
  std::vector<Point> points;
  for (Place place = 0; place < 9; ++place) {
    points.push_back(random_point(random, 2));
    grove.insert(place, points.back(), random);
  }
  Grove more = grove;
  more.count(4, true);
  const double foretold = grove.displacement(points[4]);
  EXPECT_NEAR(foretold, more.displacement_of(4), 1e-12);
}

TEST(RandomCutTree, FewPointsByHand) {
  Random random(4);
  Grove grove({1, 1});
  EXPECT_EQ(grove.displacement({1, 2}), 0);
  grove.insert(0, {0, 0}, random);
  for (int i = 0; i < 4; ++i) grove.count(0, true);
  EXPECT_EQ(grove.displacement({0, 0}), 0);  // nothing beside it
  EXPECT_EQ(grove.displacement({3, -1}), 5);
  EXPECT_NEAR(grove.weights({3, -1})[0], 5 * 0.75, 1e-12);
  EXPECT_NEAR(grove.weights({3, -1})[1], 5 * 0.25, 1e-12);
  // A row at 20, and then (40, 0): half of the cuts part it from all 6 rows, else it comes to be
  // beside the one: 5 rows beside these two, which is more than 1 beside 1.
  grove.insert(1, {20, 0}, random);
  EXPECT_NEAR(grove.displacement({40, 0}), 0.5 * 6 + 0.5 * 2.5, 1e-12);
}

// Theorems 1 and 2 of the paper: by insertion and removal, in any order, the first cut falls as if
// the tree had been grown from these points: {0, 1, 3, 7} are cut in 7 equal units.
TEST(RandomCutTree, CutsFallAsInATreeGrownFromItsPoints) {
  constexpr int trials = 20'000;
  std::array<double, 3> first{};
  double low_then = 0, wide = 0;
  Random random(5);
  for (int trial = 0; trial < trials; ++trial) {
    Grove grove({1});
    const std::array<float, 6> values{5, 7, 0, 10, 3, 1};  // 5 and 10 do not stay
    for (Place place = 0; place < 6; ++place) grove.insert(place, {values[place]}, random);
    grove.remove(0);
    grove.remove(3);
    const float cut = grove.cut(grove.root());
    ++first[cut < 1 ? 0 : cut < 3 ? 1 : 2];
    if (cut >= 3 && grove.cut(grove.left(grove.root())) < 1) ++low_then;

    Grove weighted({3, 1});
    weighted.insert(0, {0, 0}, random);
    weighted.insert(1, {1, 1}, random);
    if (weighted.column(weighted.root()) == 0) ++wide;
  }
  EXPECT_NEAR(first[0] / trials, 1.0 / 7, 0.01);
  EXPECT_NEAR(first[1] / trials, 2.0 / 7, 0.013);
  EXPECT_NEAR(first[2] / trials, 4.0 / 7, 0.014);
  EXPECT_NEAR(low_then / first[2], 1.0 / 3, 0.02);
  EXPECT_NEAR(wide / trials, 0.75, 0.013);
}

TEST(RandomCutTree, IsDerivedFromItsCuts) {
  Random random(6);
  Grove grove({1, 1, 1});
  EXPECT_TRUE(grove.derive());
  for (Place place = 0; place < 30; ++place) {
    grove.insert(place, random_point(random, 3), random);
  }
  for (Place place = 0; place < 30; place += 3) grove.remove(place);
  Grove derived = grove;
  ASSERT_TRUE(derived.derive());
  derived.expect_sound();
  for (int i = 0; i < 20; ++i) {
    const Point row = random_point(random, 3);
    EXPECT_EQ(derived.displacement(row), grove.displacement(row));
  }
}

}  // namespace
}  // namespace retimu
