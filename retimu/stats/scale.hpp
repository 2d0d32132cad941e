// SPDX-License-Identifier: Apache-2.0
// How far apart two readings are, in units of what is usual, for any finite doubles: nothing
// overflows, a column that never moved has no scale of zero, and rounding noise is not a change.
#ifndef RETIMU_STATS_SCALE_HPP
#define RETIMU_STATS_SCALE_HPP

#include "retimu/stats/elementary.hpp"

#include <cmath>
#include <emmintrin.h>
#include <limits>

namespace retimu {

// The larger and the smaller of two, without the branch that g++ makes of std::max: readings would
// mislead it half of the time. `right` where either is NaN.
inline double larger(double left, double right) {
  return _mm_cvtsd_f64(_mm_max_sd(_mm_set_sd(left), _mm_set_sd(right)));
}
inline double smaller(double left, double right) {
  return _mm_cvtsd_f64(_mm_min_sd(_mm_set_sd(left), _mm_set_sd(right)));
}

// A number of any size as a finite one; not for NaN.
inline double finite(double value) {
  constexpr double largest = std::numeric_limits<double>::max();
  return smaller(larger(value, -largest), largest);
}

// |left - right| of finite numbers, at most the largest double.
inline double distance(double left, double right) { return finite(std::fabs(left - right)); }

// The largest difference of two readings of this size that may be rounding: 1e-9 of the larger one
// and 1e-12. A quantity that lives below 1e-12 needs a smaller unit.
inline double resolution(double left, double right) {
  return 1e-12 + 1e-9 * larger(std::fabs(left), std::fabs(right));
}

// Distance of a reading from the centre in units of `unit` >= 0; in [0, 2e9]: what is within the
// resolution is 0, and a unit below it counts as the resolution.
inline double deviation_in_units(double value, double centre, double unit) {
  const double noise = resolution(value, centre);
  return larger(distance(value, centre) - noise, 0.0) / larger(unit, noise);
}

// Keeps the order of scores and draws together what is far beyond the usual, so that a tail fitted
// to past scores isn't torn apart by one: itself up to 32, logarithmic beyond, 608 at 2e9. `units`
// in [0, infinity).
inline double tame(double units) {
  constexpr double knee = 32;
  return units <= knee ? units : knee * (1.0 + elementary::log(units / knee));
}

}  // namespace retimu

#endif
