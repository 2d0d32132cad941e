// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/isolation_forest.hpp"

#include "retimu/detectors/detectors_test_tools.hpp"
#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <numbers>
#include <random>
#include <vector>

namespace retimu {
namespace {

using Row = std::array<double, 3>;

double mean_depth(std::size_t rows) {  // c(n) of the paper
  if (rows < 2) return 0;
  if (rows == 2) return 1;
  const auto n = static_cast<double>(rows);
  return 2 * (std::log(n - 1) + std::numbers::egamma) - 2 * (n - 1) / n;
}

// Algorithms 1 to 3 of the paper as they stand there, on pointers and all rows at once.
class Batch {
 public:
  Batch(const std::vector<Row>& rows, std::size_t trees, std::uint64_t seed) : random_(seed) {
    for (std::size_t t = 0; t < trees; ++t) {
      std::vector<Row> sample;
      std::ranges::sample(rows, std::back_inserter(sample), 256, random_);
      trees_.push_back(grow(sample, 0));
    }
  }
  double score(const Row& row) const {
    double sum = 0;
    for (const auto& tree : trees_) {
      const Node* node = tree.get();
      double depth = 0;
      for (; node->left; ++depth) {
        node = row[node->column] < node->split ? node->left.get() : node->right.get();
      }
      sum += depth + mean_depth(node->rows);
    }
    return std::pow(2, -sum / static_cast<double>(trees_.size()) / mean_depth(256));
  }

 private:
  struct Node {
    std::size_t column = 0, rows = 0;
    double split = 0;
    std::unique_ptr<Node> left, right;
  };
  std::unique_ptr<Node> grow(const std::vector<Row>& rows, int depth) {
    auto node = std::make_unique<Node>();
    node->rows = rows.size();
    if (depth >= 8 || rows.size() < 2) return node;
    node->column = random_() % 3;
    const auto [low, high] =
        std::ranges::minmax(rows, {}, [&](const Row& row) { return row[node->column]; });
    const double least = low[node->column], most = high[node->column];
    node->split = least + (most - least) * static_cast<double>(random_() >> 11U) * 0x1.0p-53;
    std::vector<Row> left, right;
    for (const Row& row : rows) (row[node->column] < node->split ? left : right).push_back(row);
    node->left = grow(left, depth + 1);
    node->right = grow(right, depth + 1);
    return node;
  }
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Node>> trees_;
};

// Means over forests, so that chance stays well below what a wrong depth or sample would change.
TEST(IsolationForest, ScoresAsTheBatchAlgorithm) {
  constexpr int forests = 12;
  const std::vector<Row> places = {{0, 0, 0}, {2, 0, 0}, {0, -3, 0}, {3, 3, -3}, {9, 0, 0}};
  std::vector<double> streamed(places.size()), batch(places.size());
  for (int forest = 0; forest < forests; ++forest) {
    const IsolationForest detector({});
    TestEntity entity(detector, 3, static_cast<std::uint64_t>(forest));
    Random random(static_cast<std::uint64_t>(forest) + 100);
    std::vector<Row> rows;
    for (int i = 0; i < 6'000; ++i) {
      const Row row{bell(random), bell(random), 0.5 * bell(random)};
      rows.push_back(row);
      entity.send(row);
    }
    const Batch reference(rows, 100, static_cast<std::uint64_t>(forest));
    for (std::size_t i = 0; i < places.size(); ++i) {
      streamed[i] += *entity.send(places[i], false) / forests;
      batch[i] += reference.score(places[i]) / forests;
    }
  }
  for (std::size_t i = 0; i < places.size(); ++i) EXPECT_NEAR(streamed[i], batch[i], 0.01) << i;
}

// Rows that are all alike can't be cut: h = c(256), whatever comes.
TEST(IsolationForest, OneHalfWhereNothingVaries) {
  const IsolationForest detector({});
  TestEntity entity(detector, 2);
  for (int i = 0; i < 600; ++i) entity.send({7, -1e9});
  EXPECT_NEAR(entity.send({7, -1e9}).value(), 0.5, 1e-12);
  EXPECT_NEAR(entity.send({8, 3}, false).value(), 0.5, 1e-12);
}

// 0 or 1 in equal parts: one cut, then 8 rows that are alike on either side: h = 1 + c(8), and
// c(16) to scale it.
TEST(IsolationForest, DepthByHand) {
  const IsolationForest detector({.trees = 50, .samples = 16, .memory = 64});
  TestEntity entity(detector, 1);
  for (int i = 0; i < 66; ++i) entity.send({i < 16 ? i % 2 : 0.0});
  // The 50 trees were grown from 16 to 65 rows on; the first from exactly the 16.
  const double score = *entity.send({1}, false);
  const double balanced = std::pow(2, -(1 + mean_depth(8)) / mean_depth(16));
  const double alone = std::pow(2, -(1 + mean_depth(1)) / mean_depth(16));
  EXPECT_GT(score, balanced);
  EXPECT_LT(score, alone);
  TestEntity even(detector, 1);
  double mean = 0;
  for (int i = 0; i < 2'000; ++i) mean = even.send({static_cast<double>(i % 2)}).value_or(0);
  EXPECT_NEAR(mean, balanced, 0.03);
}

TEST(IsolationForest, SpeaksOnceAllTreesStand) {
  const IsolationForest detector({});
  TestEntity entity(detector, 1);
  Random random(3);
  for (int i = 0; i < 355; ++i) EXPECT_FALSE(entity.send({bell(random)})) << i;
  EXPECT_TRUE(entity.send({bell(random)}));
}

TEST(IsolationForest, ForgetsAtThePaceOfItsMemory) {
  const IsolationForest detector({});
  TestEntity entity(detector, 2);
  Random random(4);
  for (int i = 0; i < 3'000; ++i) entity.send({bell(random), bell(random)});
  const double before = *entity.send({9, 9}, false);
  for (int i = 0; i < 8'000; ++i) entity.send({9 + bell(random), 9 + bell(random)});
  EXPECT_GT(before, 0.7);
  EXPECT_LT(*entity.send({9, 9}, false), 0.5);
  EXPECT_GT(*entity.send({0, 0}, false), 0.55);
}

// Rows of two halves: the even sample of all of them has both.
TEST(IsolationForest, LearnsFromAllTrainingRows) {
  const auto score_of_the_first_half = [](bool is_training) {
    const IsolationForest detector({});
    TestEntity entity(detector, 2);
    entity.is_training = is_training;
    Random random(6);
    for (int i = 0; i < 20'000; ++i) {
      const double level = i < 10'000 ? 0 : 9;
      entity.send({level + bell(random), level + bell(random)});
    }
    entity.is_training = false;
    return *entity.send({0, 0}, false);
  };
  EXPECT_LT(score_of_the_first_half(true), 0.5);
  EXPECT_GT(score_of_the_first_half(false), 0.55);
}

TEST(IsolationForest, StaysAsItIsWithoutRefresh) {
  const auto change_of = [](std::size_t refresh_every, bool is_trained) {
    const IsolationForest detector({.refresh_every = refresh_every});
    TestEntity entity(detector, 2);
    entity.is_training = is_trained;
    Random random(7);
    for (int i = 0; i < 3'000; ++i) entity.send({bell(random), bell(random)});
    entity.is_training = false;
    const double before = *entity.send({9, 9}, false);
    for (int i = 0; i < 8'000; ++i) entity.send({9 + bell(random), 9 + bell(random)});
    return before - *entity.send({9, 9}, false);
  };
  for (const bool is_trained : {false, true}) {
    EXPECT_EQ(change_of(0, is_trained), 0);
    EXPECT_GT(change_of(2'000, is_trained), 0.2);
  }
}

// Another place that lasts: forgotten at the pace of the memory, or as soon as it is noticed.
TEST(IsolationForest, IsRenewedWhereScoresDrift) {
  const auto rows_until_usual = [](std::size_t refresh_every, bool on_drift, std::uint64_t seed) {
    const IsolationForest detector({.refresh_every = refresh_every, .refresh_on_drift = on_drift});
    TestEntity entity(detector, 2, seed);
    Random random(seed);
    for (int i = 0; i < 6'000; ++i) entity.send({bell(random), bell(random)});
    int rows = 0;
    while (rows < 9'000 && *entity.send({3, 3}, false) > 0.5) {
      ++rows;
      entity.send({3 + 0.5 * bell(random), 3 + 0.5 * bell(random)});
    }
    return rows;
  };
  for (const std::uint64_t seed : {8U, 9U, 10U}) {
    EXPECT_LT(2 * rows_until_usual(2'000, true, seed), rows_until_usual(2'000, false, seed));
    EXPECT_EQ(rows_until_usual(0, false, seed), 9'000);
    EXPECT_LT(rows_until_usual(0, true, seed), 2'000);
  }
}

TEST(IsolationForest, NamesTheColumnsThatAreApart) {
  const IsolationForest detector({});
  TestEntity entity(detector, 4);
  Random random(5);
  for (int i = 0; i < 1'000; ++i) {
    entity.send({bell(random), 50 + bell(random), bell(random), bell(random)});
  }
  entity.send({0, 60, 0, 0}, false);
  ASSERT_EQ(entity.reasons.size(), 4U);
  EXPECT_EQ(entity.reasons[0].column, ColumnId{1});
  EXPECT_GT(entity.reasons[0].weight, 3 * entity.reasons[1].weight);
  EXPECT_NEAR(entity.reasons[0].expected_low, 48, 0.5);
  EXPECT_NEAR(entity.reasons[0].expected_high, 52, 0.5);
}

}  // namespace
}  // namespace retimu
