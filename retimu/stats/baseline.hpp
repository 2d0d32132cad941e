// SPDX-License-Identifier: Apache-2.0
// The usual level of a quantity and how far it usually strays, for detectors that work on
// standardised readings: exponential means that begin with the median of the first 16 values, and
// in which a value counts as at most 8 usual deviations away. An outlier can't blind it, and a
// lasting change is learned at an exponential pace. 160 bytes.
#ifndef RETIMU_STATS_BASELINE_HPP
#define RETIMU_STATS_BASELINE_HPP

#include "retimu/core/state.hpp"
#include "retimu/stats/moments.hpp"
#include "retimu/stats/scale.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace retimu {

// Takes finite values only. `window`: values that it covers, first_values or more, the same at
// every call of one object.
class Baseline {
 public:
  static constexpr std::size_t first_values = 16;
  static constexpr double reach = 8;  // deviations that a value counts as at most

  bool is_known() const { return count_ >= first_values; }
  std::size_t count() const { return count_; }  // values behind it, at most the window
  double centre() const { return centre_; }
  // As a standard deviation, from the mean distance by their ratio in normal noise.
  double deviation() const { return finite(1.2533 * mean_distance_); }
  // How many deviations a value lies above (or, negative, below) the level, in [-2e9, 2e9].
  double units(double value) const {
    const double away = deviation_in_units(value, centre_, deviation());
    return value < centre_ ? -away : away;
  }

  void learn(double value, std::size_t window) {
    if (!is_known()) {
      first_[count_++] = value;
      if (is_known()) start();
      return;
    }
    if (count_ < window) ++count_;
    const double share = 1.0 / count_;
    // By the level's size alone: one huge value must not widen its own limit.
    const double most = finite(reach * larger(deviation(), resolution(centre_, centre_)));
    const double kept = smaller(larger(value, finite(centre_ - most)), finite(centre_ + most));
    const double away = distance(kept, centre_);
    const double noise = resolution(kept, centre_);
    mean_distance_ = moved(mean_distance_, away > noise ? away : 0.0, share);
    centre_ = moved(centre_, kept, share);
  }

  void visit(StateVisitor& visitor, std::size_t window) {
    count_ = static_cast<std::uint32_t>(
        visitor.count("baseline_count", count_, std::max(window, first_values)));
    visitor.cell("centre", centre_);
    visitor.cell("mean_distance", mean_distance_);
    const auto used = std::span<double>(first_).first(is_known() ? 0 : count_);
    visitor.cells("first", used);
    const bool is_finite =
        std::ranges::all_of(used, [](double value) { return std::isfinite(value); });
    if (!is_finite || !std::isfinite(centre_) || !std::isfinite(mean_distance_) ||
        mean_distance_ < 0) {
      visitor.refuse();
      *this = Baseline();
    }
  }

 private:
  void start() {
    std::ranges::sort(first_);
    centre_ = first_[first_values / 2];
    std::ranges::transform(first_, first_.begin(),
                           [this](double value) { return distance(value, centre_); });
    std::ranges::nth_element(first_, first_.begin() + first_values / 2);
    // The mean distance from the median distance, as they are in normal noise.
    mean_distance_ = finite(1.18 * first_[first_values / 2]);
  }

  std::array<double, first_values> first_{};
  double centre_ = 0, mean_distance_ = 0;
  std::uint32_t count_ = 0;
};

}  // namespace retimu

#endif
