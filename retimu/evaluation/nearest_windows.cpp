// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/random.hpp"
#include "retimu/evaluation/filled.hpp"
#include "retimu/evaluation/references.hpp"
#include "retimu/stats/baseline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace retimu {

namespace {

constexpr std::size_t length = 16;         // readings of a window
constexpr std::size_t memory = 128;        // windows
constexpr std::size_t neighbours = 3;      // the last of them counts
constexpr std::size_t stride = 13;         // readings; prime, to meet all phases of a period
constexpr std::size_t usual_over = 2'048;  // readings behind the usual deviation and distance
constexpr float reading_most = 1e18F;      // the sum of squares of a window stays a float

float last_of_nearest(std::span<const float> distances) {
  std::array<float, neighbours> nearest;
  nearest.fill(std::numeric_limits<float>::infinity());
  for (float one : distances) {
    if (one >= nearest.back()) continue;
    for (float& place : nearest) {
      if (one < place) std::swap(one, place);
    }
  }
  return nearest.back();
}

// One column: its last readings and those windows of it that are remembered, in single precision
// around the first level.
class Column {
 public:
  // How far the window that ends here is from its fellows, then learns it. 0 while it knows too
  // little.
  double score(double value) {
    if (!readings_.is_known()) {
      readings_.learn(value, usual_over);
      anchor_ = readings_.centre();
      unit_ = deviation();
      return 0;
    }
    push(value);
    double score = 0;
    if (remembered_ >= neighbours) {
      const double away = distance_of_window();
      if (distances_.is_known()) score = larger(0.0, distances_.units(away));
      distances_.learn(away, usual_over);
    }
    readings_.learn(value, usual_over);
    // The older half: it overlaps no window to come.
    if (seen_ >= recent_.size() && seen_ % stride == 0) remember();
    return score;
  }

 private:
  double deviation() const {
    return larger(readings_.deviation(), resolution(readings_.centre(), readings_.centre()));
  }
  void push(double value) {
    const double units = finite(value - anchor_) / unit_;
    std::shift_left(recent_.begin(), recent_.end(), 1);
    recent_.back() = static_cast<float>(smaller(larger(units, -reading_most), reading_most));
    ++seen_;
  }
  // Root of the mean squared distance of a reading from its fellow, in usual deviations.
  double distance_of_window() const {
    std::array<float, memory> squares{};
    for (std::size_t i = 0; i < length; ++i) {
      const float reading = recent_[length + i];
      const std::array<float, memory>& fellows = windows_[i];
      for (std::size_t j = 0; j < memory; ++j) {
        squares[j] += (fellows[j] - reading) * (fellows[j] - reading);
      }
    }
    const double square = last_of_nearest(std::span(squares).first(remembered_));
    return tame(std::sqrt(square / length) * (unit_ / deviation()));
  }
  void remember() {
    const std::size_t place = remembered_ < memory ? remembered_++ : random_.below(memory);
    for (std::size_t i = 0; i < length; ++i) windows_[i][place] = recent_[i];
  }

  Baseline readings_, distances_;
  double anchor_ = 0, unit_ = 1;  // level and deviation as first known
  std::array<float, 2 * length> recent_{};
  std::array<std::array<float, memory>, length> windows_{};  // [reading][window]
  std::size_t seen_ = 0, remembered_ = 0;
  Random random_;
};

class NearestWindows final : public Scorer {
 public:
  Result<Scores> score(const Series& series) const override {
    std::vector<Column> columns(series.rows.columns);
    const Filled filled = fill(series);
    for (std::size_t i = 0; i < filled.train.rows(); ++i) largest(filled.train.row(i), columns);
    Scores scores;
    for (std::size_t i = 0; i < filled.rows.rows(); ++i) {
      scores.score.push_back(largest(filled.rows.row(i), columns));
    }
    return scores;
  }

 private:
  static double largest(std::span<const double> row, std::vector<Column>& columns) {
    double most = 0;
    for (std::size_t k = 0; k < row.size(); ++k) most = std::max(most, columns[k].score(row[k]));
    return most;
  }
};

}  // namespace

std::unique_ptr<Scorer> make_nearest_windows() { return std::make_unique<NearestWindows>(); }

}  // namespace retimu
