// SPDX-License-Identifier: Apache-2.0
// Do the newest readings have another mean than the older ones of the same window, wherever the
// window is cut in two? Adaptive windowing: Bifet and Gavalda, "Learning from time-changing data
// with adaptive windowing", SDM 2007 (ADWIN2, with the bound that uses the window's variance). The
// window grows while its mean does not change, in an exponential histogram of at most 5 buckets of
// each power of two, so memory and time are logarithmic in its length, which is at most 327,675.
//
// A cut into n0 and n1 readings holds if |mean0 - mean1| >= sqrt(2 / m s^2 l) + 2 / (3 m) r l with
// 1 / m = 1 / n0 + 1 / n1, l = ln(2 ln n / delta), s the window's deviation and r the range that
// readings have. Score: -log10 of the smallest delta for which some cut holds, so it is evidence in
// decades; it may be negative. Where it exceeds -log10 of `delta`, what is older than the best cut
// leaves at once (the paper lets bucket after bucket leave). As in MOA a cut is looked for at every
// 32nd reading (`every`), and parts of fewer than 5 readings are not compared; in between the score
// is that of the last time. The range: readings count as at most 4 deviations of the window from
// its mean, so r = 8 s, and it is free of the column's unit.
//
// Cost: 60 ns a reading (score + learn). Memory a column: 1.7 KB.
// Blind to: single outliers, changes of variance around the same mean, periods shorter than some
// hundred readings only in so far as they cancel out.
#ifndef RETIMU_DETECTORS_ADWIN_HPP
#define RETIMU_DETECTORS_ADWIN_HPP

#include "retimu/core/detector_of.hpp"
#include "retimu/stats/elementary.hpp"
#include "retimu/stats/scale.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>

namespace retimu {

// Used through ColumnDetector.
struct Adwin {
  static constexpr std::uint32_t version = 1;
  static constexpr std::size_t rows_max = 16;
  static constexpr std::size_t buckets_max = 5;  // of a row
  static constexpr double value_most = 1e100;    // a larger reading counts as that
  static constexpr double reach = 4;             // deviations that a reading counts as
  static constexpr double part_least = 5;        // readings on either side of a cut

  // Readings by count, mean and sum of squared distances from it.
  struct Sums {
    double count = 0, mean = 0, squares = 0;
    void take(const Sums& other) {
      if (other.count == 0) return;
      const double all = count + other.count;
      const double apart = other.mean - mean;
      squares += other.squares + apart * apart * (count * other.count / all);
      mean += apart * (other.count / all);
      count = all;
    }
  };
  struct Bucket {
    double mean = 0, squares = 0;
  };
  // Row k: buckets of 2^k readings, the newest first; one more while it overflows.
  struct Row {
    std::array<Bucket, buckets_max + 1> buckets{};
    std::uint32_t count = 0;
  };
  struct State {
    std::array<Row, rows_max> rows;
    double mean = 0, deviation = 0;  // of the window when it was last looked at
    double decades = 0;              // the score since
    std::uint32_t rows_count = 0;    // in use; those beyond are empty
    std::uint32_t since = 0;         // readings since it was looked at
    std::uint8_t has_looked = 0;
  };
  struct Work {
    double decades;
    Sums window;              // with this reading
    std::uint32_t row, kept;  // the best cut: rows before it stay, and `kept` buckets of it
    bool looked;
  };

  double delta = 0.002;
  std::size_t every = 32;

  double score(const State& state, double value, Work& work) const {
    work.decades = state.decades;
    work.looked = state.since + 1 >= every;
    if (work.looked) look(state, counted(state, value), work);
    const bool may_speak = state.has_looked != 0 || (work.looked && work.window.count >= warm);
    return may_speak ? work.decades : std::numeric_limits<double>::quiet_NaN();
  }

  void learn(State& state, double value, const Work& work) const {
    const double kept = counted(state, value);
    ++state.since;
    if (work.looked) {
      if (work.decades >= -elementary::log10(delta)) drop(state, work);
      state.since = 0;
      state.mean = work.window.mean;
      state.deviation = std::sqrt(work.window.squares / work.window.count);
      state.decades = work.decades;
      if (work.window.count >= warm) state.has_looked = 1;
    }
    push(state, kept);
  }

  // Nearly all readings of the window.
  Range expected(const State& state) const {
    return {state.mean - 3 * state.deviation, state.mean + 3 * state.deviation};
  }

  void visit(State& state, StateVisitor& visitor) const;

 private:
  static constexpr double warm = 64;  // readings before it speaks

  // The reading, or as far from the window's mean as one may count.
  static double counted(const State& state, double value) {
    const double within = smaller(larger(value, -value_most), value_most);
    if (state.has_looked == 0) return within;
    const double most = reach * larger(state.deviation, resolution(state.mean, state.mean));
    return smaller(larger(within, state.mean - most), state.mean + most);
  }

  // Decades of a difference of means, in deviations, between parts with 1 / n0 + 1 / n1 = share: of
  // the root x of (16 / 3) share x^2 + sqrt(2 share) x = apart, with x^2 = l, less what the number
  // of cuts costs.
  static double root_of(double apart, double share) {
    const double a = 2.0 * (2 * reach) / 3 * share, b = std::sqrt(2 * share);
    return 2 * apart / (b + std::sqrt(b * b + 4 * a * apart));
  }

  void look(const State& state, double value, Work& work) const;
  static void drop(State& state, const Work& work);
  static void push(State& state, double value);
};

DetectorEntry adwin_entry();

}  // namespace retimu

#endif
