// SPDX-License-Identifier: Apache-2.0
// Has a column become quieter than it usually is? A sensor that came loose or froze but still
// dithers keeps its level, and no reading is unusual. The logarithm of the variance of a block of
// readings against what it usually is, in units of how far it usually strays: a one-sided chart for
// variance in its logarithm, as Crowder and Hamilton, "An EWMA for monitoring a process standard
// deviation", Journal of Quality Technology 1992, with limits by the column's own history instead
// of those of normal noise.
//
// Score: how many usual deviations the logarithm lies below its usual level, 0 above it. It changes
// with the last reading of a block of 32 (`block`), and holds in between. Readings count as at most
// 8 deviations from their level, so that no outlier makes a block loud. It abstains for 17 blocks.
//
// Cost: 35 to 60 ns a reading (score + learn). Memory a column: 344 bytes.
// Blind to: columns that are often as quiet (their own history says so), columns that get louder, a
// column that sticks for less than a block (see stuck_at), a quiet spell that begins and ends
// within two blocks, and slowly fading variance (about 256 blocks).
#ifndef RETIMU_DETECTORS_QUIETNESS_HPP
#define RETIMU_DETECTORS_QUIETNESS_HPP

#include "retimu/core/detector_of.hpp"
#include "retimu/stats/baseline.hpp"
#include "retimu/stats/elementary.hpp"

#include <cstddef>
#include <limits>

namespace retimu {

// Used through ColumnDetector.
struct Quietness {
  static constexpr std::uint32_t version = 1;
  static constexpr std::size_t readings_window = 2'048;  // of the level that readings are bound to

  // Readings of the block that is not whole yet, by Welford's recurrence.
  struct Block {
    double count = 0, mean = 0, squares = 0;
  };
  struct State {
    Baseline readings, logarithms;
    Block block;
    double score = 0;  // of the last whole block
    double has_spoken = 0;
  };
  struct Work {
    Block next;        // with this reading
    double logarithm;  // of its variance, where it is whole
    double score;
    bool is_whole, has_spoken;
  };

  std::size_t block = 32;    // readings
  std::size_t window = 256;  // blocks that the usual variance covers

  double score(const State& state, double value, Work& work) const {
    work.next = with(state.block, bounded(state, value));
    work.is_whole = work.next.count >= static_cast<double>(block);
    work.score = state.score;
    work.has_spoken = state.has_spoken != 0;
    work.logarithm = 0;
    if (work.is_whole) {
      const double noise = resolution(work.next.mean, work.next.mean);
      const double variance = work.next.squares / (work.next.count - 1);
      work.logarithm = elementary::log(finite(variance) + noise * noise);
      if (state.logarithms.is_known()) {
        work.score = tame(larger(-state.logarithms.units(work.logarithm), 0.0));
        work.has_spoken = true;
      }
    }
    return work.has_spoken ? work.score : std::numeric_limits<double>::quiet_NaN();
  }

  void learn(State& state, double value, const Work& work) const {
    state.readings.learn(value, readings_window);
    state.block = work.is_whole ? Block() : work.next;
    state.score = work.score;
    state.has_spoken = work.has_spoken ? 1 : 0;
    if (work.is_whole) state.logarithms.learn(work.logarithm, window);
  }

  // Nearly all readings of normal noise as loud as usual.
  Range expected(const State& state) const {
    const double reach = finite(3 * state.readings.deviation());
    return {finite(state.readings.centre() - reach), finite(state.readings.centre() + reach)};
  }

  void visit(State& state, StateVisitor& visitor) const;

 private:
  static constexpr double value_most = 1e100;  // a larger reading counts as that
  static constexpr double reach_most = 8;      // deviations that a reading counts as

  static double bounded(const State& state, double value) {
    const double within = smaller(larger(value, -value_most), value_most);
    if (!state.readings.is_known()) return within;
    const double centre = smaller(larger(state.readings.centre(), -value_most), value_most);
    const double most = reach_most * larger(smaller(state.readings.deviation(), value_most),
                                            resolution(centre, centre));
    return smaller(larger(within, centre - most), centre + most);
  }
  static Block with(Block block, double value) {
    block.count += 1;
    const double before = value - block.mean;
    block.mean += before / block.count;
    block.squares += before * (value - block.mean);
    return block;
  }
};

DetectorEntry quietness_entry();

}  // namespace retimu

#endif
