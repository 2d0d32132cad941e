// SPDX-License-Identifier: Apache-2.0
// Windows of event time, one behind the other: what came in one is judged as a whole when it is
// over.
#ifndef RETIMU_DETECTORS_TIME_WINDOW_HPP
#define RETIMU_DETECTORS_TIME_WINDOW_HPP

#include "retimu/core/state.hpp"
#include "retimu/core/time.hpp"

#include <cstdint>
#include <optional>

namespace retimu {

class TimeWindow {
 public:
  bool is_over(Time now) const { return end_ != time_none && now >= end_; }
  // When the open one ends; none: none is open.
  std::optional<Time> end() const { return end_ == time_none ? std::nullopt : std::optional(end_); }

  // Goes on to the window that `now` lies in; the first begins with its first event. What is older
  // than the window counts as in it, but after 16 such events in a row the clock was set back:
  // then a new one begins and true is returned, as what was counted is of no window.
  bool move_to(Time now, Duration length) {
    if (end_ == time_none) {
      end_ = ending(now, length);
      return false;
    }
    if (now >= end_) {
      end_ = ending(now, length - between(end_, now) % length);
      older_ = 0;
      return false;
    }
    older_ = between(now, end_) > length ? static_cast<std::uint8_t>(older_ + 1) : std::uint8_t{0};
    if (older_ < older_max) return false;
    older_ = 0;
    end_ = ending(now, length);
    return true;
  }

  void visit(StateVisitor& visitor) {
    visitor.cell("window_end", end_);
    visitor.cell("window_older", older_);
    if (older_ >= older_max) visitor.refuse();
  }

 private:
  static constexpr std::uint8_t older_max = 16;
  // None where time itself ends.
  static Time ending(Time now, Duration after) {
    const Time end = add_saturated(now, after);
    return end > now ? end : time_none;
  }
  Time end_ = time_none;
  std::uint8_t older_ = 0;
};

}  // namespace retimu

#endif
