// SPDX-License-Identifier: Apache-2.0
// Does a column's own simple prediction fail more often than it did at its best? The drift
// detection method: Gama, Medas, Castillo and Rodrigues, "Learning with drift detection", SBIA
// 2004, over the errors of retimu/detectors/error_stream.hpp. Of n readings a share p was
// foretold wrongly, with the deviation s = sqrt(p (1 - p) / n); p_min and s_min are those of the
// smallest p + s.
//
// Score: (p + s - p_min) / (3 s_min); at 1 the method says drift (2/3: its warning), and it starts
// anew. As the share of a column that never erred would have no deviation, p is (errors + 1/2) /
// (n + 1). The test is made at every 32nd reading (`every`; the paper: at each), in between the
// score is that of the last time. It abstains for the first 64 readings, and until 30 were
// foretold.
//
// Cost: 40 ns a reading (score + learn). Memory a column: 208 bytes.
// Blind to: single outliers, fewer errors than usual, levels that the prediction follows (512
// readings), and more and more to sudden changes after a long calm, for all readings since the
// start count the same.
#ifndef RETIMU_DETECTORS_DDM_HPP
#define RETIMU_DETECTORS_DDM_HPP

#include "retimu/detectors/error_stream.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace retimu {

// Used through ColumnDetector.
struct Ddm {
  static constexpr std::uint32_t version = 1;
  static constexpr double foretold_min = 30;       // readings, as in the paper
  static constexpr double foretold_max = 1 << 24;  // then both counts are halved

  struct Counts {
    double foretold = 0, errors = 0;
    double least_share = 1, least_deviation = 1;  // p_min, s_min
    double score = 0;                             // since the last test
    double since = 0;                             // readings after it
    double has_spoken = 0;
  };
  struct State {
    Baseline usual;
    Counts counts;
  };
  struct Work {
    Counts next;
  };

  ErrorStream stream;
  std::size_t every = 32;

  double score(const State& state, double value, Work& work) const {
    work.next = state.counts;
    if (!ErrorStream::is_warm(state.usual)) return std::numeric_limits<double>::quiet_NaN();
    Counts& next = work.next;
    next.foretold += 1;
    next.errors += stream.errs(state.usual, value) ? 1 : 0;
    const double share = (next.errors + 0.5) / (next.foretold + 1);
    const double deviation = std::sqrt(share * (1 - share) / next.foretold);
    next.since += 1;
    if (next.foretold >= foretold_min) {
      if (share + deviation < next.least_share + next.least_deviation) {
        next.least_share = share;
        next.least_deviation = deviation;
      }
      if (next.since >= static_cast<double>(every)) {
        next.since = 0;
        next.has_spoken = 1;
        next.score = (share + deviation - next.least_share) / (3 * next.least_deviation);
      }
    }
    return next.has_spoken != 0 ? next.score : std::numeric_limits<double>::quiet_NaN();
  }

  void learn(State& state, double value, const Work& work) const {
    state.counts = work.next;
    if (state.counts.score >= 1) {
      state.counts = Counts();
    } else if (state.counts.foretold >= foretold_max) {
      state.counts.foretold /= 2;
      state.counts.errors /= 2;
    }
    state.usual.learn(value, ErrorStream::window);
  }

  Range expected(const State& state) const { return stream.foretold(state.usual); }

  void visit(State& state, StateVisitor& visitor) const;
};

DetectorEntry ddm_entry();

}  // namespace retimu

#endif
