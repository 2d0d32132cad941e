// SPDX-License-Identifier: Apache-2.0
// What the clock on the wall says. Only where things come from outside: nothing that is judged asks
// it.
#ifndef RETIMU_CORE_WALL_CLOCK_HPP
#define RETIMU_CORE_WALL_CLOCK_HPP

#include "retimu/core/time.hpp"

#include <chrono>

namespace retimu {

inline Time wall_clock() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace retimu

#endif
