// SPDX-License-Identifier: Apache-2.0
// Has a column stopped changing although it usually does? The length of the present run of equal
// readings against the column's own lengths of runs that have ended. The chance of a run so long is
// estimated octave by octave, as a product of the shares of runs that doubled (the product-limit
// estimator of Kaplan and Meier, "Nonparametric estimation from incomplete observations", JASA
// 1958, on a logarithmic scale): of the runs that reached 2^k readings, how many reached 2^(k+1)?
//
// Score: -log10 of that chance, straight between the octaves. Prior: two runs in each octave, of
// which as many went on as the square root of the octave's before says, at most half: the longer a
// column has stuck the likelier it goes on sticking. So a column that never repeats a value reaches
// log10(n + 2) with its second equal reading and half as much again with its fourth; far beyond the
// longest run ever a doubling costs 0.3 decades. A column whose value changed fewer than 8 times,
// or never, is abstained from. Equal is what differs by less than resolution() in
// retimu/stats/scale.hpp. Counts are halved at 16,384 runs.
//
// Evidence of its own: the score; 5 decades raise an alert, or as many as one reading of the entity
// in ten days has, if that is more. It learns from everything: a run goes
// on while it is told, and one as long is known once it has ended.
//
// Cost: 40 ns a reading (score + learn). Memory a column: 320 bytes.
// Blind to: a column that sticks no longer than it often rests, one that dithers while it is stuck
// (see quietness), missing readings, and all that moves.
#ifndef RETIMU_DETECTORS_STUCK_AT_HPP
#define RETIMU_DETECTORS_STUCK_AT_HPP

#include "retimu/core/detector_of.hpp"
#include "retimu/stats/baseline.hpp"
#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace retimu {

// Used through ColumnDetector.
struct StuckAt {
  static constexpr std::uint32_t version = 1;
  static constexpr std::size_t octaves = 32;
  static constexpr std::uint32_t runs_max = 16'384;

  struct State {
    // Runs that ended and had reached 2^k readings; falls with k.
    std::array<std::uint32_t, octaves + 1> reached{};
    double last = 0;
    std::uint32_t run = 0;    // readings equal to `last`, 0: none yet
    std::uint32_t ended = 0;  // runs, up to runs_min
    // Decades of a run of 2^octave readings, and what the rest of that octave adds; of the present
    // run. The latter is found with its second reading: most runs have one.
    double decades = 0, octave_decades = 0;
    Baseline usual;  // of readings that changed
  };
  struct Work {
    double score;
    bool is_equal;
  };

  std::uint32_t runs_min = 8;  // ended, before it speaks

  double score(const State& state, double value, Work& work) const {
    work.is_equal = state.run > 0 && distance(value, state.last) <= resolution(value, state.last);
    if (state.ended < runs_min) return std::numeric_limits<double>::quiet_NaN();
    work.score = work.is_equal ? decades_of(state, longer(state.run)) : 0;
    return work.score;
  }

  double own_threshold(double readings_a_day) const {
    return std::max(5.0, elementary::log10(readings_a_day) + 1);
  }
  double evidence(const Work& work) const { return work.score; }

  void learn(State& state, double value, const Work& work) const {
    if (!work.is_equal) {
      if (state.run > 0) end_run(state);
      state.run = 1;
      state.last = value;
      state.decades = state.octave_decades = 0;
      state.usual.learn(value, usual_window);
      return;
    }
    const std::uint32_t run = longer(state.run);
    if (std::has_single_bit(run)) {
      state.decades += rest_of_octave(state);
      state.octave_decades = octave_decades(state, octave_of(run));
    }
    state.run = run;
  }

  // Nearly all readings that followed a change.
  Range expected(const State& state) const {
    if (!state.usual.is_known()) return {state.last, state.last};
    const double reach = 3 * state.usual.deviation();
    return {finite(state.usual.centre() - reach), finite(state.usual.centre() + reach)};
  }

  void visit(State& state, StateVisitor& visitor) const;

 private:
  static constexpr std::size_t usual_window = 1'024;

  static std::uint32_t longer(std::uint32_t run) {
    return run < std::numeric_limits<std::uint32_t>::max() ? run + 1 : run;
  }
  static std::size_t octave_of(std::uint32_t run) {
    return static_cast<std::size_t>(std::bit_width(run)) - 1;
  }
  // Of a run that goes on to `run` readings.
  static double decades_of(const State& state, std::uint32_t run) {
    // The first reading of an octave ends the one before it.
    if (std::has_single_bit(run)) return state.decades + rest_of_octave(state);
    const std::uint32_t begin = std::bit_floor(run);
    const double part = static_cast<double>(run - begin) / static_cast<double>(begin);
    return state.decades + part * state.octave_decades;
  }
  static double rest_of_octave(const State& state) {
    return state.run > 1 ? state.octave_decades : octave_decades(state, 0);
  }
  // -log10 of the share of runs that double, of those that reached 2^octave readings.
  static double octave_decades(const State& state, std::size_t octave) {
    double share = 0.25;
    for (std::size_t k = 0; k <= octave; ++k) {
      const double began = state.reached[k], doubled = state.reached[k + 1];
      share = (doubled + 2 * smaller(std::sqrt(share), 0.5)) / (began + 2);
    }
    return -elementary::log10(share);
  }
  void end_run(State& state) const {
    if (state.ended < runs_min) ++state.ended;
    for (std::size_t k = 0; k <= octave_of(state.run); ++k) ++state.reached[k];
    if (state.reached[0] < runs_max) return;
    for (std::uint32_t& count : state.reached) count /= 2;
  }
};

DetectorEntry stuck_at_entry();

}  // namespace retimu

#endif
