// SPDX-License-Identifier: Apache-2.0
// The stream of errors that ddm and eddm watch: a column foretells its next reading by its usual
// level (an exponential mean), and errs where the reading lies further off than `tolerance`
// deviations.
#ifndef RETIMU_DETECTORS_ERROR_STREAM_HPP
#define RETIMU_DETECTORS_ERROR_STREAM_HPP

#include "retimu/core/detector_of.hpp"
#include "retimu/stats/baseline.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace retimu {

struct ErrorStream {
  static constexpr std::size_t warm = 64;     // readings before it foretells
  static constexpr std::size_t window = 512;  // readings of the usual level
  static constexpr std::array parameters{
      Parameter{"tolerance", "usual deviations that a prediction may be off",
                Parameter::Kind::number, 2, 0.5, 8},
      Parameter{"every", "readings from one test to the next", Parameter::Kind::whole, 32, 1,
                1'024},
  };

  double tolerance = 2;  // deviations

  static bool is_warm(const Baseline& usual) { return usual.count() >= warm; }
  bool errs(const Baseline& usual, double value) const {
    return std::fabs(usual.units(value)) > tolerance;
  }
  // Readings that are foretold.
  Range foretold(const Baseline& usual) const {
    const double reach = finite(tolerance * usual.deviation());
    return {finite(usual.centre() - reach), finite(usual.centre() + reach)};
  }
};

}  // namespace retimu

#endif
