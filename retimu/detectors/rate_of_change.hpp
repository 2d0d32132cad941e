// SPDX-License-Identifier: Apache-2.0
// How fast did a column move, in units of how fast it usually moves: |change| over the event time
// that passed, against an exponential mean of such rates. A gradient check as plants have it
// (Grubbs, "Procedures for detecting outlying observations in samples", Technometrics 1969, on
// first differences), with its limit learned. The mean begins with the median of the first 16
// rates, and a rate counts as at most 8 times the usual.
//
// Only readings that moved count, so a column that changes now and then is judged by its own steps.
// Time passed counts as at least an eighth of the usual interval: two records a microsecond apart
// are no jump. It abstains for the first 16 moves, and where no time has passed; a reading that is
// late teaches nothing.
//
// Cost: 25 ns a reading (score + learn). Memory a column: 168 bytes.
// Blind to: a jump after a long gap, a first move of a column that never moved, levels, drift, and
// noise whose rate depends on the interval where intervals differ much (white noise looks calm when
// it is sampled seldom).
#ifndef RETIMU_DETECTORS_RATE_OF_CHANGE_HPP
#define RETIMU_DETECTORS_RATE_OF_CHANGE_HPP

#include "retimu/core/detector_of.hpp"
#include "retimu/core/time.hpp"
#include "retimu/stats/moments.hpp"
#include "retimu/stats/scale.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace retimu {

// Used through ColumnDetector.
struct RateOfChange {
  static constexpr std::uint32_t version = 1;
  static constexpr std::size_t first_moves = 16;

  struct State {
    double last = 0;
    Time time = time_none;                    // of `last`; time_none: no reading yet
    double rate = 0;                          // usual, units a second
    double interval = 0;                      // usual, seconds; 0: none yet
    std::uint32_t moves = 0;                  // behind the rate, at most window
    std::array<double, first_moves> first{};  // rates, until there are enough
  };
  struct Work {
    Time time;
    double seconds;  // since the last reading; 0: none passed
    double rate;     // 0: did not move
  };

  std::size_t window = 512;  // moves, first_moves or more

  double score(const State& state, double value, Moment moment, Work& work) const {
    const Time time = moment.time;
    work.time = time;
    work.seconds = 0;
    work.rate = 0;
    if (state.time == time_none || time <= state.time) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    work.seconds = seconds_since(state.time, time);
    const double noise = resolution(value, state.last);
    const double change = larger(distance(value, state.last) - noise, 0.0);
    const double seconds = larger(larger(work.seconds, state.interval / 8), 1e-9);
    work.rate = finite(change / seconds);
    if (state.moves < first_moves) return std::numeric_limits<double>::quiet_NaN();
    return tame(smaller(work.rate / larger(state.rate, noise / seconds), 1e9));
  }

  void learn(State& state, double value, const Work& work) const {
    if (state.time != time_none) {
      if (!(work.seconds > 0)) return;
      learn_interval(state, work.seconds);
      if (work.rate > 0) learn_move(state, work.rate);
    }
    state.last = value;
    state.time = work.time;
  }

  // Nearly all readings so long after the last one: four usual steps, which are three standard
  // deviations of normal noise.
  Range expected(const State& state, Moment moment) const {
    const double passed = moment.time > state.time ? seconds_since(state.time, moment.time) : 0;
    const double reach = finite(4 * state.rate * larger(passed, state.interval / 8));
    return {finite(state.last - reach), finite(state.last + reach)};
  }

  void visit(State& state, StateVisitor& visitor) const;

 private:
  // Exact, and without overflow between the ends of time.
  static double seconds_since(Time before, Time now) {
    return 1e-9 * static_cast<double>(static_cast<std::uint64_t>(now) -
                                      static_cast<std::uint64_t>(before));
  }
  void learn_interval(State& state, double seconds) const {
    if (state.interval == 0) {
      state.interval = seconds;
    } else {
      state.interval = moved(state.interval, smaller(seconds, 8 * state.interval), 1.0 / 32);
    }
  }
  void learn_move(State& state, double rate) const {
    if (state.moves < first_moves) {
      state.first[state.moves++] = rate;
      if (state.moves < first_moves) return;
      std::ranges::sort(state.first);
      state.rate = state.first[first_moves / 2];
      return;
    }
    if (state.moves < window) ++state.moves;
    state.rate = moved(state.rate, smaller(rate, finite(8 * state.rate)), 1.0 / state.moves);
  }
};

DetectorEntry rate_of_change_entry();

}  // namespace retimu

#endif
