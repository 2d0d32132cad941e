// SPDX-License-Identifier: Apache-2.0
// That records are judged long after they came, because the pipeline stood still: when they came
// stands in the journal, when they were judged does not. So it enters the admitted order as a
// control, and a replay says of an alert what was said live.
#ifndef RETIMU_ENGINE_LATENESS_HPP
#define RETIMU_ENGINE_LATENESS_HPP

#include "retimu/core/batch.hpp"
#include "retimu/core/request.hpp"

#include <algorithm>
#include <optional>
#include <span>

namespace retimu {

// Of Control::Kind::wall: 8 bytes, nanoseconds.
Request wall_request(Time now);
std::optional<Time> read_wall(const Request& request);

// The reading thread's: when the wall's clock has to enter the order.
class Lateness {
 public:
  static constexpr Duration lag_max = minute;

  // `stale_after` > 0. What lay in the journal for less than a minute, or than that, is not late.
  explicit Lateness(Duration stale_after) : lag_max_(std::min(stale_after, lag_max)) {}

  // At most once a lag_max.
  bool is_to_be_told(std::span<const Arrival> arrivals, Time now) {
    const bool is_late = !arrivals.empty() && arrivals.front().time != time_none &&
                         between(arrivals.front().time, now) > lag_max_;
    if (!is_late || (told_ != time_none && between(told_, now) < lag_max_)) return false;
    told_ = now;
    return true;
  }

 private:
  Duration lag_max_;
  Time told_ = time_none;
};

}  // namespace retimu

#endif
