// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/references.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/core/random.hpp"
#include "retimu/evaluation/filled.hpp"

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

class RandomScorer final : public Scorer {
 public:
  Result<Scores> score(const Series& series) const override {
    Random random(hash(series.name));
    Scores scores;
    for (std::size_t i = 0; i < series.rows.rows(); ++i) scores.score.push_back(random.uniform());
    return scores;
  }
};

// The last values of one column.
class Window {
 public:
  void add(double value) {
    if (values_.size() < size) {
      values_.push_back(value);
    } else {
      values_[next_] = value;
    }
    next_ = (next_ + 1) % size;
  }
  // Squared distance from the mean in standard deviations; 0 while fewer than two are known.
  double squared_z(double value) const {
    if (values_.size() < 2) return 0;
    const auto count = static_cast<double>(values_.size());
    double mean = 0, variance = 0;
    for (const double one : values_) mean += one / count;
    for (const double one : values_) variance += (one - mean) * (one - mean) / count;
    const double distance = (value - mean) * (value - mean);
    if (distance == 0) return 0;
    return std::min(distance / variance, most);
  }

 private:
  static constexpr std::size_t size = 100;
  static constexpr double most = 30;
  std::vector<double> values_;
  std::size_t next_ = 0;
};

class MovingZ final : public Scorer {
 public:
  Result<Scores> score(const Series& series) const override {
    std::vector<Window> windows(series.rows.columns);
    const Filled filled = fill(series);
    for (std::size_t i = 0; i < filled.train.rows(); ++i) learn(filled.train.row(i), windows);
    Scores scores;
    for (std::size_t i = 0; i < filled.rows.rows(); ++i) {
      const std::span<const double> row = filled.rows.row(i);
      double sum = 0;
      for (std::size_t k = 0; k < row.size(); ++k) sum += windows[k].squared_z(row[k]);
      scores.score.push_back(sum / static_cast<double>(row.size()));
      learn(row, windows);
    }
    return scores;
  }

 private:
  static void learn(std::span<const double> row, std::vector<Window>& windows) {
    for (std::size_t k = 0; k < row.size(); ++k) windows[k].add(row[k]);
  }
};

}  // namespace

std::unique_ptr<Scorer> make_random_scorer() { return std::make_unique<RandomScorer>(); }

std::unique_ptr<Scorer> make_moving_z() { return std::make_unique<MovingZ>(); }

std::vector<NamedScorer> reference_scorers() {
  std::vector<NamedScorer> list;
  list.push_back({"random", make_random_scorer()});
  list.push_back({"moving z", make_moving_z()});
  list.push_back({"principal components", make_pca()});
  list.push_back({"isolation forest", make_isolation_forest()});
  list.push_back({"nearest windows", make_nearest_windows()});
  return list;
}

}  // namespace retimu
