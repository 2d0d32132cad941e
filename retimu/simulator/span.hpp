// SPDX-License-Identifier: Apache-2.0
// How long a simulation is, and how often something is read in it.
#ifndef RETIMU_SIMULATOR_SPAN_HPP
#define RETIMU_SIMULATOR_SPAN_HPP

#include "retimu/core/result.hpp"
#include "retimu/core/time.hpp"

namespace retimu {

// Fault::usage: not 2 to 8,784 hours, or an interval that is not of whole seconds, 1 s to 10 min.
inline Result<void> check_span(double hours, Duration interval) {
  if (!(hours >= 2 && hours <= 8'784)) {
    return failure(Fault::usage, "hours must be 2 to 8784, not {}", hours);
  }
  if (interval < second || interval > 10 * minute || interval % second != 0) {
    return failure(Fault::usage, "the interval must be whole seconds, 1s to 10m, not {}",
                   format_duration(interval));
  }
  return {};
}

}  // namespace retimu

#endif
