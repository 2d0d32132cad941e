// SPDX-License-Identifier: Apache-2.0
// How far off is a reading from what the column's own last ones foretell, or have such errors grown
// of late? The forecast is a linear autoregression of order 4 (Yule, "On a method of investigating
// periodicities in disturbed series", Phil. Trans. A 1927), from exponential autocovariances by
// Durbin's recursion ("The fitting of time-series models", Rev. Inst. Int. Stat. 1960). The sizes
// of its errors are watched by a chart of their exponential mean, as Ross, Adams, Tasoulis and Hand
// watch the errors of a classifier ("Exponentially weighted moving average charts for detecting
// concept drift", Pattern Recognition Letters 2012).
//
// Score: the larger of the error in units of the usual error, and of how many deviations the mean
// size of the last 16 or so errors lies above its usual; a size counts as at most 3 there, so that
// it is many errors that move it. A reading further off than 8 usual errors counts as one just
// there in the forecasts that follow. Usual is what the last 512 readings were (`window`).
// Readings are taken as evenly spaced. It abstains until 64 were foretold.
//
// Cost: 140 ns a reading (score + learn). Memory a column: 408 bytes.
// Blind to: drift, levels and all else that the forecast follows, errors that become rare, a
// pattern that breaks within the noise, and columns that part only together. A gap in time is taken
// as none.
#ifndef RETIMU_DETECTORS_PREDICTION_ERROR_HPP
#define RETIMU_DETECTORS_PREDICTION_ERROR_HPP

#include "retimu/core/detector_of.hpp"
#include "retimu/stats/baseline.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace retimu {

// Used through ColumnDetector.
struct PredictionError {
  static constexpr std::uint32_t version = 1;
  static constexpr std::size_t order = 4;
  static constexpr std::size_t warm = 64;            // readings foretold before it speaks
  static constexpr double lately = 1.0 / 16;         // share of one error in the mean of late
  static constexpr double size_most = 3;             // usual errors
  static constexpr double size_deviation_min = 0.1;  // of a column without noise

  struct State {
    Baseline usual;                              // of readings
    Baseline errors;                             // of reading - forecast
    std::array<double, order> past{};            // readings, the last first, drawn in
    std::array<double, order + 1> covariance{};  // by lag, of readings in usual deviations
    std::uint32_t pairs = 0;                     // behind them, at most window
    std::uint32_t past_count = 0;
    double size = 0, size_square = 0;  // usual means of an error's size
    double size_lately = 0;
  };
  struct Work {
    double forecast;
    double size;  // of the error, at most size_most
  };

  std::size_t window = 512;  // readings, warm or more

  double score(const State& state, double value, Work& work) const {
    work.forecast = forecast(state);
    const double centre = finite(work.forecast + state.errors.centre());
    const double off = deviation_in_units(value, centre, state.errors.deviation());
    work.size = smaller(off, size_most);
    if (state.errors.count() < warm) return std::numeric_limits<double>::quiet_NaN();
    // The deviation of an exponential mean of independent sizes.
    const double spread = larger(state.size_square - state.size * state.size, 0.0);
    const double deviation =
        larger(std::sqrt(spread), size_deviation_min) * std::sqrt(lately / (2 - lately));
    const double grown = (moved(state.size_lately, work.size, lately) - state.size) / deviation;
    return tame(larger(off, grown));
  }

  void learn(State& state, double value, const Work& work) const {
    if (state.past_count == order) {
      const double kept = drawn_in(state, value, work.forecast);
      learn_covariance(state, kept);
      if (state.errors.is_known()) learn_size(state, work.size);
      state.errors.learn(finite(value - work.forecast), window);
      remember(state, kept);
    } else if (state.usual.is_known()) {
      remember(state, value);
    }
    state.usual.learn(value, window);
  }

  // Three usual errors about the forecast.
  Range expected(const State& state) const {
    const double reach = finite(3 * state.errors.deviation());
    const double centre = finite(forecast(state) + state.errors.centre());
    return {finite(centre - reach), finite(centre + reach)};
  }

  // Durbin's recursion: of the last reading first, in deviations from the usual level. All zero
  // while nothing is known.
  static std::array<double, order> coefficients(const State& state);

  void visit(State& state, StateVisitor& visitor) const;

 private:
  // A reading in usual deviations, as far as Baseline trusts one.
  static double place(const State& state, double value) {
    return smaller(larger(state.usual.units(value), -Baseline::reach), Baseline::reach);
  }
  static double forecast(const State& state) {
    if (state.past_count < order) return state.usual.centre();
    const std::array<double, order> weights = coefficients(state);
    double sum = 0;
    for (std::size_t i = 0; i < order; ++i) sum += weights[i] * place(state, state.past[i]);
    return finite(state.usual.centre() + sum * state.usual.deviation());
  }
  static double drawn_in(const State& state, double value, double forecast) {
    if (!state.errors.is_known()) return value;
    const double unit = larger(state.errors.deviation(), resolution(value, forecast));
    const double most = finite(Baseline::reach * unit);
    return smaller(larger(value, finite(forecast - most)), finite(forecast + most));
  }
  void learn_covariance(State& state, double value) const {
    if (state.pairs < window) ++state.pairs;
    const double share = 1.0 / state.pairs, now = place(state, value);
    state.covariance[0] = moved(state.covariance[0], now * now, share);
    for (std::size_t lag = 1; lag <= order; ++lag) {
      const double then = place(state, state.past[lag - 1]);
      state.covariance[lag] = moved(state.covariance[lag], now * then, share);
    }
  }
  void learn_size(State& state, double size) const {
    const double share = 1.0 / static_cast<double>(state.errors.count());
    state.size = moved(state.size, size, share);
    state.size_square = moved(state.size_square, size * size, share);
    state.size_lately = moved(state.size_lately, size, larger(lately, share));
  }
  static void remember(State& state, double value) {
    for (std::size_t i = order - 1; i > 0; --i) state.past[i] = state.past[i - 1];
    state.past[0] = value;
    if (state.past_count < order) ++state.past_count;
  }
};

DetectorEntry prediction_error_entry();

}  // namespace retimu

#endif
