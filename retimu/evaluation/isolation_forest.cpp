// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/hash.hpp"
#include "retimu/core/random.hpp"
#include "retimu/evaluation/filled.hpp"
#include "retimu/evaluation/references.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace retimu {

namespace {

constexpr std::size_t tree_count = 100, sample_rows = 256;

// Mean depth at which an unsuccessful search ends in a tree of `rows` rows.
double mean_depth(double rows) {
  if (rows <= 1) return 0;
  if (rows == 2) return 1;
  return 2 * (std::log(rows - 1) + std::numbers::egamma) - 2 * (rows - 1) / rows;
}

class Tree {
 public:
  Tree(const Table& table, std::span<std::size_t> sample, Random& random) {
    depth_max_ = static_cast<int>(std::bit_width(std::max<std::size_t>(sample.size(), 2) - 1));
    grow(table, sample, 0, random);
  }
  double depth(std::span<const double> row) const {
    const Node* node = &nodes_[0];
    while (node->right != 0) {
      node = row[node->column] < node->split ? node + 1 : &nodes_[node->right];
    }
    return node->split;
  }

 private:
  // The left child follows its parent; of a leaf `right` is 0 and `split` the depth.
  struct Node {
    std::size_t column = 0, right = 0;
    double split = 0;
  };

  void grow(const Table& table, std::span<std::size_t> sample, int depth, Random& random) {
    const std::size_t at = nodes_.size();
    nodes_.emplace_back();
    std::size_t column = 0;
    double low = 0, high = 0;
    if (depth < depth_max_ && sample.size() > 1) {
      column = random_column(table, sample, random, low, high);
    }
    if (low == high) {
      nodes_[at].split = depth + mean_depth(static_cast<double>(sample.size()));
      return;
    }
    const double split = low + (high - low) * random.uniform();
    const auto middle = std::ranges::partition(
        sample, [&](std::size_t row) { return table.row(row)[column] < split; });
    const auto left = static_cast<std::size_t>(middle.begin() - sample.begin());
    nodes_[at].column = column;
    nodes_[at].split = split;
    grow(table, sample.first(left), depth + 1, random);
    nodes_[at].right = nodes_.size();
    grow(table, sample.subspan(left), depth + 1, random);
  }

  // One of the columns that vary in the sample, with its range; low == high if none does.
  static std::size_t random_column(const Table& table, std::span<const std::size_t> sample,
                                   Random& random, double& low, double& high) {
    std::size_t seen = 0, chosen = 0;
    for (std::size_t k = 0; k < table.columns; ++k) {
      const auto value = [&](std::size_t row) { return table.row(row)[k]; };
      const auto [least, most] = std::ranges::minmax(sample, {}, value);
      if (value(least) == value(most)) continue;
      if (random.below(++seen) != 0) continue;
      chosen = k;
      low = value(least);
      high = value(most);
    }
    return chosen;
  }

  int depth_max_ = 0;
  std::vector<Node> nodes_;
};

class IsolationForest final : public Scorer {
 public:
  Result<Scores> score(const Series& series) const override {
    const Filled filled = fill(series);
    const Table& table = filled.train.rows() > 0 ? filled.train : filled.rows;
    Scores scores;
    if (table.rows() == 0) return scores;
    Random random(hash(series.name));
    std::vector<Tree> trees;
    const std::size_t rows = std::min(sample_rows, table.rows());
    std::vector<std::size_t> all(table.rows());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    for (std::size_t t = 0; t < tree_count; ++t) {
      for (std::size_t i = 0; i < rows; ++i) {
        std::swap(all[i], all[i + random.below(all.size() - i)]);
      }
      std::vector<std::size_t> sample(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(rows));
      trees.emplace_back(table, sample, random);
    }
    const double usual = std::max(mean_depth(static_cast<double>(rows)), 1.0);
    for (std::size_t i = 0; i < filled.rows.rows(); ++i) {
      double depth = 0;
      for (const Tree& tree : trees) depth += tree.depth(filled.rows.row(i));
      scores.score.push_back(std::exp2(-depth / static_cast<double>(tree_count) / usual));
    }
    return scores;
  }
};

}  // namespace

std::unique_ptr<Scorer> make_isolation_forest() { return std::make_unique<IsolationForest>(); }

}  // namespace retimu
