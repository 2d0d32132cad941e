// SPDX-License-Identifier: Apache-2.0
// A boundary of control_interval, at which all groups report their sums.
#ifndef RETIMU_ENGINE_BOUNDARY_HPP
#define RETIMU_ENGINE_BOUNDARY_HPP

#include "retimu/core/event.hpp"

#include <compare>
#include <cstdint>

namespace retimu {

struct Boundary {
  std::uint32_t era = 0;  // how often the clock was set back before: it comes to a time again
  Time time = time_none;

  friend auto operator<=>(const Boundary&, const Boundary&) = default;
};

}  // namespace retimu

#endif
