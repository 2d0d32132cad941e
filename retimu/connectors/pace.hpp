// SPDX-License-Identifier: Apache-2.0
// Event time that goes on with a clock: what of a recording is due by now.
#ifndef RETIMU_CONNECTORS_PACE_HPP
#define RETIMU_CONNECTORS_PACE_HPP

#include "retimu/core/time.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace retimu {

// "max": 0; "60x", "60", "0.5x": seconds of event time that pass in one. None: neither.
std::optional<double> parse_speed(std::string_view text);

class Pace {
 public:
  using Clock = std::chrono::steady_clock;
  // As parse_speed() gives it; 0: all is due at once.
  explicit Pace(double speed) : speed_(speed) {}

  bool is_unbounded() const { return speed_ == 0; }
  // How long until what is of that time is due; none: it is. The first that is asked for is due at
  // once, and sets the clock; what has no time is always due.
  std::optional<Clock::duration> left(Time time);
  // What comes next sets the clock anew.
  void restart() { begun_.reset(); }

 private:
  double speed_;
  std::optional<Clock::time_point> begun_;
  Time first_ = 0;
};

}  // namespace retimu

#endif
