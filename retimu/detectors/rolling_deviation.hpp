// SPDX-License-Identifier: Apache-2.0
// Level and variability of a column against its own last readings: the reading itself, the mean of
// the last few, the step from the reading before and the size of the last few steps, each measured
// by the window and compared with how far it usually strays; the strangest of the four counts. By
// mean and mean deviation, readings further off than 30 spreads counting as 30 (Huber, "Robust
// estimation of a location parameter", Annals of Mathematical Statistics 1964); with `robust` by
// median and median absolute deviation: the Hampel identifier (Davies and Gather, "The
// identification of multiple outliers", JASA 1993).
//
// Abstains for the first 32 readings of a column. A level shift is the new normal within a window.
// A column that sticks stands out after about 16 equal readings.
//
// Cost: 90 ns a reading (score + learn), window 128. Memory a column: 0.6, 1.2 or 2.4 KB for a
// window of up to 64, 128 or 256.
//
// Blind to: a level or a burst that comes again within the window, drift slower than the window,
// periods longer than it, sticking where the column often rests, and what only several columns show
// together.
#ifndef RETIMU_DETECTORS_ROLLING_DEVIATION_HPP
#define RETIMU_DETECTORS_ROLLING_DEVIATION_HPP

#include "retimu/core/detector_of.hpp"
#include "retimu/stats/moments.hpp"
#include "retimu/stats/rolling_window.hpp"
#include "retimu/stats/scale.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace retimu {

// capacity: of the state, at least the window. Used through ColumnDetector.
template <std::size_t capacity>
struct RollingDeviation {
  static constexpr std::uint32_t version = 1;
  static constexpr std::size_t measured_min =
      16;  // readings in the window before anything is measured by it
  static constexpr std::size_t spoken_min = 32;  // and before it speaks

  struct State {
    RollingWindow<capacity> window;
    double centre = 0, spread = 0;       // of the window; spread as a standard deviation
    double step = 0;                     // of the window, mean |reading - the one before|
    double recent = 0, recent_step = 0;  // means of about the last 8 readings and steps
    UsualSize usual_level, usual_recent, usual_change;
  };
  // How unusual, in units of the window: the reading, the recent mean, the recent steps.
  struct Work {
    double level, recent, change;
  };

  std::size_t window = 128;  // readings, spoken_min to capacity
  bool robust = false;

  // Score needs little of the window, learn all of it now and then.
  static void prefetch(const State& state) {
    __builtin_prefetch(&state.centre);
    __builtin_prefetch(&state.usual_change);
  }

  double score(const State& state, double value, Work& work) const {
    if (is_measured_at(state.window.position() + 1)) state.window.prefetch();
    if (state.window.size() < measured_min) return std::numeric_limits<double>::quiet_NaN();
    work.level = deviation_in_units(value, state.centre, state.spread);
    work.recent =
        deviation_in_units(recent_mean(state, value), state.centre, state.spread * recent_error);
    const double step = step_to(state, value);
    work.change = change_of(state, recent_step(state, step));
    if (state.window.size() < spoken_min) return std::numeric_limits<double>::quiet_NaN();
    const double level = work.level / larger(state.usual_level.mean, level_least);
    const double recent = work.recent / larger(state.usual_recent.mean, level_least);
    const double change = work.change / larger(state.usual_change.mean, change_least);
    const double steps = step / larger(state.step, noise(state));
    return tame(larger(larger(level, recent), larger(change, steps)));
  }

  void learn(State& state, double value, const Work& work) const {
    const std::size_t size = state.window.size();
    if (size >= measured_min) {
      const double share = 1.0 / static_cast<double>(std::min(size, window));
      state.usual_level.learn(work.level, share, level_least);
      state.usual_recent.learn(work.recent, share, level_least);
      state.usual_change.learn(work.change, share, change_least);
      if (!robust) value = within(state, value);
    }
    const double recent = size > 0 ? recent_mean(state, value) : value;
    const double steps = size > 0 ? recent_step(state, step_to(state, value)) : 0.0;
    state.window.push(value, window, robust);
    measure(state);
    state.recent = within(state, recent);
    state.recent_step = smaller(steps, step_limit(state));
  }

  // Nearly all readings of normal noise.
  Range expected(const State& state) const {
    const double reach = 3 * state.spread;
    return {finite(state.centre - reach), finite(state.centre + reach)};
  }

  void visit(State& state, StateVisitor& visitor) const {
    state.window.visit(visitor, window, robust);
    double* const numbers[] = {&state.centre, &state.spread, &state.recent, &state.step,
                               &state.recent_step};
    for (double* number : numbers) {
      visitor.cell("baseline", *number);
      if (!std::isfinite(*number)) visitor.refuse();
    }
    if (state.spread < 0 || state.step < 0 || state.recent_step < 0) visitor.refuse();
    state.usual_level.visit(visitor, "usual_level");
    state.usual_recent.visit(visitor, "usual_recent");
    state.usual_change.visit(visitor, "usual_change");
  }

 private:
  static constexpr double recent_share = 1.0 / 8;
  // Standard error of the recent mean of independent readings: sqrt(share / (2 - share)).
  static constexpr double recent_error = 0.2582;
  static constexpr double level_least = 0.5, change_least = 0.1;

  static double noise(const State& state) { return resolution(state.centre, state.centre); }
  // A reading is worth at most 30 spreads where it is averaged with others.
  static double reach(const State& state) { return 30 * larger(state.spread, noise(state)); }
  static double within(const State& state, double value) {
    return smaller(larger(value, state.centre - reach(state)), state.centre + reach(state));
  }
  static double recent_mean(const State& state, double value) {
    return moved(state.recent, within(state, value), recent_share);
  }
  // Beyond rounding, so that a constant column has steps of 0.
  double step_to(const State& state, double value) const {
    const double before = state.window.newest(0, window);
    return larger(distance(value, before) - resolution(value, before), 0.0);
  }
  static double step_limit(const State& state) { return 8 * larger(state.step, noise(state)); }
  static double recent_step(const State& state, double step) {
    return moved(state.recent_step, smaller(step, step_limit(state)), recent_share);
  }
  // |log2| of recent over usual steps. A twentieth of the usual is added to both: steps of 0 count
  // as that.
  static double change_of(const State& state, double recent_step) {
    const double least = 0.05 * state.step + noise(state);
    // Halved, so that the largest doubles can be added.
    const double ratio = (recent_step / 2 + least / 2) / (state.step / 2 + least / 2);
    return std::fabs(elementary::log2_roughly(ratio));
  }

  static bool is_measured_at(std::size_t position) { return position % 4 == 0; }
  // Once the window is full, every fourth reading: it hardly changes in between.
  void measure(State& state) const {
    const RollingWindow<capacity>& readings = state.window;
    if (readings.size() == window && !is_measured_at(readings.position())) return;
    if (robust) {
      // Where more than half of the readings are equal, the wider middle still tells how far the
      // others stray: half of what it would be in normal noise.
      const std::size_t tail = readings.size() / 20;
      const double low = readings.ranked(tail);
      const double high = readings.ranked(readings.size() - 1 - tail);
      state.centre = readings.median();
      state.spread =
          finite(larger(1.4826 * readings.median_deviation(), distance(low, high) / 6.58));
    } else {
      state.centre = readings.mean();
      state.spread = finite(1.2533 * readings.mean_deviation(state.centre));
    }
    state.step = readings.mean_step(reach(state), window);
  }
};

DetectorEntry rolling_deviation_entry();

}  // namespace retimu

#endif
