// SPDX-License-Identifier: Apache-2.0
// By how much event time goes on while nothing comes. Senders may pause between what they send, and
// that is no silence: the clock waits twice as long as the longest pause of late, and two seconds
// at least, before it moves. Then it moves as the clock on the wall does, once a second.
#ifndef RETIMU_CONNECTORS_QUIET_CLOCK_HPP
#define RETIMU_CONNECTORS_QUIET_CLOCK_HPP

#include "retimu/core/time.hpp"

#include <algorithm>

namespace retimu {

class QuietClock {
 public:
  static constexpr Duration wait_min = 2 * second, wait_max = hour;
  static constexpr Duration step = second;

  // Records came. `now` is steady and never less than before.
  void come(Time now) {
    if (came_ != time_none) {
      const Duration pause = now - came_;
      longest_ = std::max(pause, longest_ - longest_ / forgets_after);
    }
    came_ = now;
    told_ = time_none;
  }

  // By how much event time goes on now; 0: not yet. Time before anything came counts from the first
  // look: who never sends is to be told of, too.
  Duration look(Time now) {
    if (came_ == time_none && told_ == time_none) told_ = now + wait_min;
    if (told_ == time_none) told_ = came_ + std::clamp(2 * longest_, wait_min, wait_max);
    const Duration since = now - told_;
    if (since < step) return 0;
    told_ = now;
    return since;
  }

 private:
  static constexpr Duration forgets_after = 256;  // frames
  Time came_ = time_none, told_ = time_none;
  Duration longest_ = 0;
};

}  // namespace retimu

#endif
