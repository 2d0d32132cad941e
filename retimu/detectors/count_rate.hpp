// SPDX-License-Identifier: Apache-2.0
// How often something comes in a window: the mean of its counts, which fades over 128 windows, and
// how far they are from what the mean and the load of a window let expect (1: the usual load), as
// the variance in units of what is expected. How strange a count is: half a deviance in decades,
// the rate at which a tail falls, the smaller one of two distributions with that variance. Rates
// that wander (negative binomial) fall slower above, batches that come by chance (Poisson's, by the
// variance) slower below.
//
// The variance leans on a prior while few windows had any: what comes comes in bursts, of five or
// of half of what is seen, so that where little ever came many lines say little more than one. The
// mean's own uncertainty counts, too, as that of so many windows. That less comes is strange only
// of what came in nine of ten windows, 64 at least: storms end.
#ifndef RETIMU_DETECTORS_COUNT_RATE_HPP
#define RETIMU_DETECTORS_COUNT_RATE_HPP

#include "retimu/core/state.hpp"
#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace retimu {

class CountRate {
 public:
  CountRate() = default;
  // Known to have come in none of so many windows.
  explicit CountRate(double windows) : windows_(std::min(windows, memory)) {}

  double mean() const { return mean_; }
  double windows() const { return windows_; }
  double expected(double load) const { return load * (mean_ + 0.5 / (windows_ + 1)); }
  double deviation(double load) const { return std::sqrt(expected(load) * spread(0)); }

  // >= 0, in decades, whether more or less than expected; load > 0.
  double surprise(double count, double load) const {
    const double usual = expected(load);
    if (count < usual && !is_steady()) return 0;
    const double size = 1 / ((spread(count) - 1) / usual + 1 / (mean_ * windows_ + 0.5));
    const double own = count > 0 ? count * elementary::log(count / usual) : 0.0;
    const double mixed = own - (count + size) * elementary::log((count + size) / (usual + size));
    const double batches = (own - count + usual) / spread(count);
    return std::max(std::min(mixed, batches), 0.0) / std::numbers::ln10;
  }

  // A count as large as no window had counts as less.
  void learn(double count, double load) {
    if (windows_ >= known && load > 0) {
      const double usual = expected(load);
      count = std::min(count, usual + most * (deviation(load) + 1));
      const double share = std::max(1 / memory, 1 / (windows_ - known + 1));
      spread_ += share * ((count - usual) * (count - usual) / usual - spread_);
    }
    const double share = std::max(1 / memory, 1 / (windows_ + 1));
    mean_ += share * (count - mean_);
    presence_ += share * ((count > 0 ? 1 : 0) - presence_);
    windows_ = std::min(windows_ + 1, memory);
  }

  void visit(StateVisitor& visitor) {
    visitor.cell("mean", mean_);
    visitor.cell("spread", spread_);
    visitor.cell("presence", presence_);
    visitor.cell("windows", windows_);
    const bool is_valid = mean_ >= 0 && mean_ <= largest && spread_ >= 0 && spread_ <= largest &&
                          presence_ >= 0 && presence_ <= 1 && windows_ >= 0 && windows_ <= memory;
    if (is_valid) return;
    *this = CountRate();
    visitor.refuse();
  }

 private:
  static constexpr double memory = 128, known = 8, most = 16;
  static constexpr double burst_least = 5, prior_windows = 8;
  static constexpr double steady = 64, steady_presence = 0.9;
  static constexpr double largest = 1e15;

  bool is_steady() const { return windows_ >= steady && presence_ >= steady_presence; }
  // Variance of a count of which one is expected, at least 1.
  double spread(double count) const {
    const double burst = std::max(burst_least, count / 2);
    const double active = std::min(mean_, 1.0) * std::max(windows_ - known, 0.0);
    return (active * std::max(spread_, 1.0) + prior_windows * burst) / (active + prior_windows);
  }

  double mean_ = 0, spread_ = 1, presence_ = 0, windows_ = 0;
};

}  // namespace retimu

#endif
