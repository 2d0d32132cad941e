// SPDX-License-Identifier: Apache-2.0
// Has the level of a column changed? The Page-Hinkley test: sums of what readings lie above (and,
// of its mirror, below) the usual level, less an allowance; the test's statistic is how far a sum
// has risen above its lowest point. Page, "Continuous inspection schemes", Biometrika 1954;
// Hinkley, "Inference about the change-point from cumulative sum tests", Biometrika 1971.
// Two-sided, of readings standardised by an exponential mean and deviation, each counting as at
// most 16 deviations.
//
// Score: the larger statistic over its usual size, which is its mean over `window` readings, at
// least 1: readings that depend on each other drive it much further than independent ones, without
// any change. At `limit` the test alarms and starts anew, level and deviation with it; the usual
// size stays. It abstains for the first 64 readings, and after each such start.
//
// Cost: 30 ns a reading (score + learn). Memory a column: 184 bytes.
// Blind to: changes of level below `allowance` deviations, drift that the level follows (1,024
// readings), variance, patterns and what only several columns show together.
#ifndef RETIMU_DETECTORS_PAGE_HINKLEY_HPP
#define RETIMU_DETECTORS_PAGE_HINKLEY_HPP

#include "retimu/core/detector_of.hpp"
#include "retimu/stats/baseline.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>

namespace retimu {

// Used through ColumnDetector.
struct PageHinkley {
  static constexpr std::uint32_t version = 2;
  static constexpr std::size_t warm = 64;  // readings before it speaks
  static constexpr double most = 16;       // deviations that a reading counts as

  struct State {
    Baseline usual;
    double rise = 0, fall = 0;  // the two statistics, deviations
    double size = 0;            // usual one of the larger, deviations
    std::uint32_t count = 0;    // readings behind the size, at most window
  };
  struct Work {
    double rise, fall;  // with this reading
  };

  std::size_t window = 1'024;  // readings of the usual level, warm or more
  double allowance = 0.5;      // deviations: half the change that it is tuned to
  double limit = 25;           // usual sizes

  double score(const State& state, double value, Work& work) const {
    work = {0, 0};
    if (state.usual.count() < warm) return std::numeric_limits<double>::quiet_NaN();
    const double units = smaller(larger(state.usual.units(value), -most), most);
    // S - min S of the sum S of (units - allowance): at each step what it was and the new term, or
    // 0 where the sum is at its lowest.
    work.rise = larger(state.rise + units - allowance, 0.0);
    work.fall = larger(state.fall - units - allowance, 0.0);
    return larger(work.rise, work.fall) / usual_size(state);
  }

  void learn(State& state, double value, const Work& work) const {
    state.rise = work.rise;
    state.fall = work.fall;
    const double reached = larger(state.rise, state.fall);
    const bool is_alarm = reached >= limit * usual_size(state);
    if (state.usual.count() >= warm) {
      if (state.count < window) ++state.count;
      // One change must not widen its own limit.
      const double counted = smaller(reached, size_most * usual_size(state));
      state.size = moved(state.size, counted, 1.0 / state.count);
    }
    if (is_alarm) {
      state.usual = Baseline();
      state.rise = state.fall = 0;
    }
    state.usual.learn(value, window);
  }

  // Nearly all readings of normal noise around the usual level.
  Range expected(const State& state) const {
    const double reach = finite(3 * state.usual.deviation());
    return {finite(state.usual.centre() - reach), finite(state.usual.centre() + reach)};
  }

  void visit(State& state, StateVisitor& visitor) const;

 private:
  static constexpr double size_most = 8;  // usual sizes that a statistic counts as

  static double usual_size(const State& state) { return larger(state.size, 1.0); }
};

DetectorEntry page_hinkley_entry();

}  // namespace retimu

#endif
