// SPDX-License-Identifier: Apache-2.0
// What the specimens of detectors are made of.
#ifndef RETIMU_DETECTORS_SPECIMEN_HPP
#define RETIMU_DETECTORS_SPECIMEN_HPP

#include "retimu/core/random.hpp"

namespace retimu {

// Nearly normal noise, mean 0, variance 1, never beyond 6: the sum of twelve uniform numbers.
inline double bell(Random& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += random.uniform();
  return sum;
}

}  // namespace retimu

#endif
