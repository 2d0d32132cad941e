// SPDX-License-Identifier: Apache-2.0
// Do a column's simple predictions fail at shorter distances than they did at their best? The early
// drift detection method: Baena-Garcia, del Campo-Avila, Fidalgo, Bifet, Gavalda and Morales-Bueno,
// "Early drift detection method", ECML PKDD Workshop on knowledge discovery from data streams 2006,
// over the errors of retimu/detectors/error_stream.hpp. p' is the mean and s' the deviation of
// the number of readings from one error to the next; p' + 2 s' is compared with the largest it was.
//
// Score: (1 - (p' + 2 s') / largest) / (1 - 0.9); at 1 the method says drift (0.5: its warning),
// and it starts anew. The test is made at every 32nd reading (`every`; the paper: at each error),
// in between the score is that of the last time. It abstains for the first 64 readings, and until
// there were 30 errors, as in the paper.
//
// Cost: 30 ns a reading (score + learn). Memory a column: 224 bytes.
// Blind to: single outliers, a column that never errs, errors that become rare; more nervous than
// ddm, quicker where errors creep in slowly.
#ifndef RETIMU_DETECTORS_EDDM_HPP
#define RETIMU_DETECTORS_EDDM_HPP

#include "retimu/detectors/error_stream.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace retimu {

// Used through ColumnDetector.
struct Eddm {
  static constexpr std::uint32_t version = 1;
  static constexpr double errors_min = 30;       // distances, before it speaks
  static constexpr double errors_max = 1 << 20;  // distances; beyond, the older ones fade
  static constexpr double drift_ratio = 0.9;
  static constexpr double distance_most = 1 << 30;

  struct Distances {
    double passed = 0;             // readings since the last error
    double count = 0;              // distances
    double mean = 0, squares = 0;  // p' and count s'^2
    double largest = 0;            // p' + 2 s'
    double score = 0;              // since the last test
    double since = 0;              // readings after it
    double has_erred = 0, has_spoken = 0;
  };
  struct State {
    Baseline usual;
    Distances distances;
  };
  struct Work {
    Distances next;
  };

  ErrorStream stream;
  std::size_t every = 32;

  double score(const State& state, double value, Work& work) const {
    work.next = state.distances;
    if (!ErrorStream::is_warm(state.usual)) return std::numeric_limits<double>::quiet_NaN();
    Distances& next = work.next;
    next.passed = smaller(next.passed + 1, distance_most);
    if (stream.errs(state.usual, value)) take_error(next);
    next.since += 1;
    if (next.since >= static_cast<double>(every)) {
      next.since = 0;
      if (next.count >= errors_min) {
        next.has_spoken = 1;
        next.score = (1 - reach_of(next) / next.largest) / (1 - drift_ratio);
      }
    }
    return next.has_spoken != 0 ? next.score : std::numeric_limits<double>::quiet_NaN();
  }

  void learn(State& state, double value, const Work& work) const {
    state.distances = work.next;
    if (state.distances.score >= 1) state.distances = Distances();
    state.usual.learn(value, ErrorStream::window);
  }

  Range expected(const State& state) const { return stream.foretold(state.usual); }

  void visit(State& state, StateVisitor& visitor) const;

 private:
  // p' + 2 s'
  static double reach_of(const Distances& distances) {
    return distances.mean + 2 * std::sqrt(distances.squares / distances.count);
  }
  // Mean and squares by Welford's recurrence.
  static void take_error(Distances& next) {
    const double passed = next.passed;
    next.passed = 0;
    if (next.has_erred == 0) {
      next.has_erred = 1;
      return;
    }
    if (next.count >= errors_max) {
      next.count /= 2;
      next.squares /= 2;
    }
    next.count += 1;
    const double before = passed - next.mean;
    next.mean += before / next.count;
    next.squares += before * (passed - next.mean);
    if (next.count >= errors_min) next.largest = larger(next.largest, reach_of(next));
  }
};

DetectorEntry eddm_entry();

}  // namespace retimu

#endif
