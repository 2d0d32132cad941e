// SPDX-License-Identifier: Apache-2.0
// How far a reading is from its column's moving average, in units of the usual distance; and how
// far that average has wandered from one 16 times as slow, in units of how far it usually wanders:
// a level that changes by no more than single readings stray shows there. The stranger of the two
// counts. The average is exponential (the default) or simple. After Roberts, "Control chart tests
// based on geometric moving averages", Technometrics 1959.
//
// Readings more than 8 usual distances away count as 8, so that no outlier spoils the baseline; 16
// of them in a row are no outliers but the new normal, and the baseline starts anew from their
// median. The same happens at the very start: it abstains for the first 16 readings of a column.
//
// Cost: 30 ns a reading (score + learn), 50 ns with the simple average of at most 64 readings.
// Memory a column: 184 bytes, 704 with the simple average, for any window.
//
// Blind to: what stays near the average (a column that sticks, a missing oscillation, a changed
// rhythm), drifts slower than 16 windows, levels that it has seen as rarely as a month ago, and
// what only several columns show together.
#ifndef RETIMU_DETECTORS_MOVING_AVERAGE_HPP
#define RETIMU_DETECTORS_MOVING_AVERAGE_HPP

#include "retimu/core/detector_of.hpp"
#include "retimu/stats/moments.hpp"
#include "retimu/stats/scale.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace retimu {

// Mean: ExponentialMean or SimpleMean. Used through ColumnDetector.
template <class Mean>
struct MovingAverage {
  static constexpr std::uint32_t version = 1;
  static constexpr std::size_t strangers_max = 16;
  static constexpr double stranger_units = 8;
  static constexpr std::size_t slow_windows = 16;     // that the slow average covers
  static constexpr std::size_t slow_windows_min = 4;  // before it speaks

  struct State {
    Mean mean;
    double deviation = 0;         // usual |reading - mean|
    double slow = 0, wander = 0;  // slow average; usual |mean - slow|
    std::uint32_t count = 0;      // readings behind the deviation, at most window; 0: no baseline
    std::uint32_t strangers_count = 0;  // below strangers_max between events
    std::uint32_t slow_count = 0;       // readings behind slow, at most slow_windows windows
    std::array<double, strangers_max> strangers{};  // readings in a row that fit no baseline
  };
  struct Work {
    bool fits;
    double wandered;  // |mean - slow| with this reading in the mean
  };

  std::size_t window = 64;  // readings, 16 or more

  static void prefetch(const State& state) { __builtin_prefetch(&state.count); }

  double score(const State& state, double value, Work& work) const {
    if (state.count == 0) return std::numeric_limits<double>::quiet_NaN();
    const double units = deviation_in_units(value, state.mean.value(), state.deviation);
    work.fits = units <= stranger_units;
    const double share = 2.0 / (static_cast<double>(window) + 1.0);
    const double mean = moved(state.mean.value(), within(state, value), share);
    const double noise = resolution(mean, state.slow);
    work.wandered = larger(distance(mean, state.slow) - noise, 0.0);
    if (state.slow_count < slow_windows_min * window) return tame(units);
    return tame(larger(units, work.wandered / larger(state.wander, noise)));
  }

  void learn(State& state, double value, const Work& work) const {
    const bool has_baseline = state.count > 0;
    if (has_baseline) follow(state, value);
    if (has_baseline) follow_slowly(state, work);
    if (has_baseline && work.fits) {
      state.strangers_count = 0;
      return;
    }
    state.strangers[state.strangers_count++] = value;
    if (state.strangers_count == strangers_max) start(state);
  }

  // Nearly all readings of normal noise: three standard deviations, which are 3.76 mean distances.
  Range expected(const State& state) const {
    const double centre = state.mean.value();
    const double reach = 3.76 * state.deviation;
    return {finite(centre - reach), finite(centre + reach)};
  }

  void visit(State& state, StateVisitor& visitor) const {
    state.mean.visit(visitor, window);
    visitor.cell("deviation", state.deviation);
    visitor.cell("slow", state.slow);
    visitor.cell("wander", state.wander);
    state.slow_count = static_cast<std::uint32_t>(
        visitor.count("slow_count", state.slow_count, slow_windows * window));
    state.count = static_cast<std::uint32_t>(visitor.count("count", state.count, window));
    state.strangers_count = static_cast<std::uint32_t>(
        visitor.count("strangers_count", state.strangers_count, strangers_max - 1));
    const auto used = std::span<double>(state.strangers).first(state.strangers_count);
    visitor.cells("strangers", used);
    const bool is_finite =
        std::ranges::all_of(used, [](double value) { return std::isfinite(value); });
    if (!is_finite || !std::isfinite(state.deviation) || state.deviation < 0) visitor.refuse();
    if (!std::isfinite(state.slow) || !std::isfinite(state.wander) || state.wander < 0) {
      visitor.refuse();
    }
  }

 private:
  // The reading, or as far towards it as a reading may count.
  static double within(const State& state, double value) {
    const double centre = state.mean.value();
    // By the centre's size alone: one huge reading must not widen its own limit.
    const double reach = stranger_units * larger(state.deviation, resolution(centre, centre));
    return smaller(larger(value, centre - reach), centre + reach);
  }

  void follow(State& state, double value) const {
    const double centre = state.mean.value();
    const double kept = within(state, value);
    // Half the pace of the mean: a deviation needs more readings.
    if (state.count < window) ++state.count;
    state.deviation = moved(state.deviation, distance(kept, centre), 1.0 / state.count);
    state.mean.learn(kept, window);
  }

  // The first windows bring the slow average near; later one excursion moves and counts as a few
  // usual ones.
  void follow_slowly(State& state, const Work& work) const {
    if (state.slow_count < slow_windows * window) ++state.slow_count;
    const bool is_known = state.slow_count > slow_windows_min * window / 2;
    const double usual = larger(state.wander, resolution(state.slow, state.slow));
    const double mean = state.mean.value();
    const double reach = is_known ? 8.0 * usual : std::numeric_limits<double>::max();
    const double kept =
        smaller(larger(mean, finite(state.slow - reach)), finite(state.slow + reach));
    state.slow = moved(state.slow, kept, 1.0 / state.slow_count);
    if (state.slow_count <= window) return;
    const double wandered = is_known ? smaller(work.wandered, 4.0 * usual) : work.wandered;
    const double share = 1.0 / static_cast<double>(state.slow_count - window);
    state.wander = moved(state.wander, wandered, share);
  }

  void start(State& state) const {
    std::ranges::sort(state.strangers);
    const double centre = state.strangers[strangers_max / 2];
    std::array<double, strangers_max> away;
    std::ranges::transform(state.strangers, away.begin(),
                           [centre](double value) { return distance(value, centre); });
    std::ranges::nth_element(away, away.begin() + strangers_max / 2);
    state.mean.start(centre, strangers_max, window);
    // The mean distance from the median distance, as they are in normal noise.
    state.deviation = finite(1.18 * away[strangers_max / 2]);
    state.count = strangers_max;
    state.strangers_count = 0;
    state.slow_count = 0;  // what the average wandered from is gone
  }
};

DetectorEntry moving_average_entry();

}  // namespace retimu

#endif
