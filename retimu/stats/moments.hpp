// SPDX-License-Identifier: Apache-2.0
// Moving means of a few bytes: exponentially forgetting, simple over a window, and of a size that
// must resist outliers.
#ifndef RETIMU_STATS_MOMENTS_HPP
#define RETIMU_STATS_MOMENTS_HPP

#include "retimu/core/state.hpp"
#include "retimu/stats/scale.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace retimu {

// value + (to - value) * share for share in [0, 1], without overflow between the largest doubles.
inline double moved(double value, double to, double share) {
  return finite(value * (1.0 - share) + to * share);
}

// Exponential moving average with the centre of mass of a window: each reading moves it by 2 /
// (window + 1), the first ones by their share.
class ExponentialMean {
 public:
  // As if `count` readings had been `value`.
  void start(double value, std::size_t count, std::size_t window) {
    value_ = value;
    count_ = static_cast<std::uint32_t>(std::min(count, window));
  }
  void learn(double reading, std::size_t window) {
    if (count_ < window) ++count_;
    const double share = larger(1.0 / count_, 2.0 / (static_cast<double>(window) + 1.0));
    value_ = moved(value_, reading, share);
  }
  double value() const { return value_; }
  void visit(StateVisitor& visitor, std::size_t window) {
    count_ = static_cast<std::uint32_t>(visitor.count("mean_count", count_, window));
    visitor.cell("mean", value_);
    if (!std::isfinite(value_)) visitor.refuse();
  }

 private:
  double value_ = 0;
  std::uint32_t count_ = 0;
};

// Simple moving average in fixed memory: means of blocks of window / 64 readings (at least 1), the
// newest 64 blocks count. Exact up to a window of 64, beyond it moves on every 64th part of the
// window. Summed anew whenever a block is full, so nothing drifts.
class SimpleMean {
 public:
  static constexpr std::size_t blocks_max = 64;

  void start(double value, std::size_t count, std::size_t window) {
    *this = SimpleMean();
    for (std::size_t i = 0; i < std::min(count, window); ++i) learn(value, window);
    value_ = value;
  }
  void learn(double reading, std::size_t window) {
    const std::size_t block_size = (window + blocks_max - 1) / blocks_max;
    ++block_count_;
    block_mean_ = moved(block_mean_, reading, 1.0 / block_count_);
    if (block_count_ < block_size) return;
    const std::size_t blocks = window / block_size;
    means_[next_] = block_mean_;
    next_ = static_cast<std::uint8_t>(next_ + 1U >= blocks ? 0 : next_ + 1U);
    filled_ = static_cast<std::uint8_t>(std::min<std::size_t>(filled_ + 1U, blocks));
    block_count_ = 0;
    sum_up();
  }
  double value() const { return value_; }
  void visit(StateVisitor& visitor, std::size_t window) {
    const std::size_t block_size = (window + blocks_max - 1) / blocks_max;
    const std::size_t blocks = window / block_size;
    filled_ = static_cast<std::uint8_t>(visitor.count("filled", filled_, blocks));
    next_ = static_cast<std::uint8_t>(visitor.count("next", next_, blocks - 1));
    block_count_ =
        static_cast<std::uint32_t>(visitor.count("block_count", block_count_, block_size - 1));
    visitor.cell("mean", value_);
    visitor.cell("block_mean", block_mean_);
    const auto used = std::span<double>(means_).first(filled_);
    visitor.cells("means", used);
    const bool is_finite =
        std::ranges::all_of(used, [](double mean) { return std::isfinite(mean); });
    if (!is_finite || !std::isfinite(value_) || !std::isfinite(block_mean_)) visitor.refuse();
  }

 private:
  void sum_up() {
    const double share = 1.0 / filled_;
    double strands[4] = {0, 0, 0, 0};
    std::size_t i = 0;
    for (; i + 4 <= filled_; i += 4) {
      for (std::size_t strand = 0; strand < 4; ++strand) {
        strands[strand] += means_[i + strand] * share;
      }
    }
    for (; i < filled_; ++i) strands[0] += means_[i] * share;
    value_ = finite((strands[0] + strands[1]) + (strands[2] + strands[3]));
  }

  std::array<double, blocks_max> means_{};  // a ring
  double block_mean_ = 0, value_ = 0;
  std::uint32_t block_count_ = 0;
  std::uint8_t next_ = 0, filled_ = 0;
};

// How large a statistic >= 0 usually is: an exponential mean in which one value counts at most as 4
// times the usual, so that an outlier can't blind it, and a lasting change is still learned at an
// exponential pace.
struct UsualSize {
  float mean = 0;

  // `share` in (0, 1]; `least` > 0: what counts as usual at least.
  void learn(double size, double share, double least) {
    mean = static_cast<float>(moved(mean, smaller(size, 4.0 * larger(mean, least)), share));
  }
  void visit(StateVisitor& visitor, std::string_view name) {
    visitor.cell(name, mean);
    if (!std::isfinite(mean) || mean < 0) visitor.refuse();
  }
};

}  // namespace retimu

#endif
