// SPDX-License-Identifier: Apache-2.0
// A counter only rises, and begins anew at 0 when what counts does: packets since the start, errors
// so far. It is judged by its rate; its own height says nothing.
#ifndef RETIMU_ENGINE_COUNT_HPP
#define RETIMU_ENGINE_COUNT_HPP

#include "retimu/core/time.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace retimu {

// The last value of a counter. 16 bytes, 2 ns.
struct Count {
  double value = std::numeric_limits<double>::quiet_NaN();
  Time time = time_none;

  // What was counted a second since the value before. A value below the one before began at 0 in
  // between: what was counted before that is lost, so the rate is the least it can have been. None
  // of the first value, of one below 0, or where the time did not go on: then counting begins with
  // it. `now` is finite.
  std::optional<double> rate(double now, Time at) {
    const Count before = *this;
    *this = {now, at};
    if (std::isnan(before.value) || before.time == time_none || at <= before.time || now < 0) {
      return std::nullopt;
    }
    const auto nanoseconds =
        static_cast<std::uint64_t>(at) - static_cast<std::uint64_t>(before.time);
    const double counted = now < before.value ? now : now - before.value;
    const double rate = counted / (static_cast<double>(nanoseconds) * 1e-9);
    return std::isfinite(rate) ? std::optional(rate) : std::nullopt;
  }
};

}  // namespace retimu

#endif
