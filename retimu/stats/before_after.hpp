// SPDX-License-Identifier: Apache-2.0
// What a quantity was before, and how far from it it has been of late: evidence for what is behind
// an incident, also of signals that raise no alert.
//
// Idea: a robust z-score. Before: exponential means of the level and of the distance from it, in
// which a value counts as at most `reach` deviations away, so that a fault of minutes moves them
// little. After: of the last two windows the value that lay farthest, where the value before it lay
// on the same side: one outlier is none. How strange that is goes by the largest such z of the
// windows before, 3 at least: a signal that often leaps says little by leaping. The scale follows
// BARO's RobustScorer (Pham, Ha, Zhang, FSE 2024), which is told when the fault begins and keeps
// all values. Cost: two divisions a value; 64 bytes. Blind: within the first 16 values, and to what
// moves no farther in its scale than it does anyway.
#ifndef RETIMU_STATS_BEFORE_AFTER_HPP
#define RETIMU_STATS_BEFORE_AFTER_HPP

#include "retimu/core/state.hpp"
#include "retimu/stats/moments.hpp"
#include "retimu/stats/scale.hpp"

#include <array>
#include <cmath>
#include <cstdint>

namespace retimu {

// Takes finite values only.
class BeforeAfter {
 public:
  static constexpr std::uint32_t values_known = 16;  // from then on it says something
  static constexpr double reach = 8;                 // deviations

  double centre() const { return centre_; }

  // The next value; it is not learned yet. `least` >= 0: of a deviation. Gives how strange it and
  // the one before are: their smaller z by the largest of the windows before; 0 if they lie on
  // different sides. `is_alone`: the value stands for a while by itself, as a count of a minute
  // does, and the one before is not looked at.
  double see(double value, double least, bool is_alone = false) {
    if (count_ < values_known) return 0;
    const double away = deviation_in_units(value, centre_, unit(least));
    const bool is_above = value >= centre_;
    double run = away;
    if (!is_alone) {
      run = is_above == (last_ > 0) ? smaller(away, std::fabs(last_)) : 0;
      last_ = static_cast<float>(is_above ? away : -away);
    }
    if (run > std::fabs(farthest_[0])) {
      farthest_[0] = static_cast<float>(is_above ? run : -run);
      values_[0] = value;
    }
    return run / usual_farthest();
  }

  // `share`: of the value in what is usual, in [0, 1 / values_known].
  void learn(double value, double share, double least) {
    if (count_ < values_known) {
      ++count_;
      share = 1.0 / count_;
      if (count_ == 1) centre_ = value;
    } else {
      const double most = finite(reach * larger(unit(least), resolution(centre_, centre_)));
      value = smaller(larger(value, finite(centre_ - most)), finite(centre_ + most));
    }
    mean_distance_ = moved(mean_distance_, distance(value, centre_), share);
    centre_ = moved(centre_, value, share);
  }

  // A window ends. What was farthest in the one before it becomes what is usual; at most three
  // times as far, so that one fault does not hide the next.
  void roll() {
    constexpr float fades = 0.97F, grows = 3;
    const float usual = static_cast<float>(usual_farthest());
    wildest_ = std::max(fades * wildest_, std::min(std::fabs(farthest_[1]), grows * usual));
    farthest_ = {0, farthest_[0]};
    values_ = {0, values_[0]};
  }

  struct Lately {
    double value = 0, z = 0, strangeness = 0;
  };
  // The farthest of this window and the one before.
  Lately lately() const {
    const std::size_t at = std::fabs(farthest_[0]) >= std::fabs(farthest_[1]) ? 0 : 1;
    return {values_[at], farthest_[at], std::fabs(farthest_[at]) / usual_farthest()};
  }

  void visit(StateVisitor& visitor) {
    visitor.cell("centre", centre_);
    visitor.cell("mean_distance", mean_distance_);
    visitor.cells("values", std::span<double>(values_));
    visitor.cells("farthest", std::span<float>(farthest_));
    visitor.cell("last", last_);
    visitor.cell("wildest", wildest_);
    visitor.cell("count", count_);
    const bool is_finite = std::isfinite(centre_) && std::isfinite(mean_distance_) &&
                           std::isfinite(values_[0]) && std::isfinite(values_[1]) &&
                           std::isfinite(farthest_[0]) && std::isfinite(farthest_[1]) &&
                           std::isfinite(last_) && std::isfinite(wildest_);
    if (is_finite && mean_distance_ >= 0 && wildest_ >= 0 && count_ <= values_known) return;
    visitor.refuse();
    *this = BeforeAfter();
  }

 private:
  static constexpr double least_farthest = 3;
  // As a standard deviation, from the mean distance by their ratio in normal noise.
  double unit(double least) const { return larger(finite(1.2533 * mean_distance_), least); }
  double usual_farthest() const { return larger(wildest_, least_farthest); }

  double centre_ = 0, mean_distance_ = 0;
  std::array<double, 2> values_{};   // that lay farthest, in this window and the one before
  std::array<float, 2> farthest_{};  // their z
  float last_ = 0;                   // of the value before
  float wildest_ = 0;                // of the windows before, fading
  std::uint32_t count_ = 0;          // up to values_known
};

}  // namespace retimu

#endif
