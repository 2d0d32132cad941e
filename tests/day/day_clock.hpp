// SPDX-License-Identifier: Apache-2.0
// The clock of a day in fast motion, its records in order of time, and what was done when.
#ifndef TESTS_DAY_DAY_CLOCK_HPP
#define TESTS_DAY_DAY_CLOCK_HPP

#include "retimu/core/time.hpp"

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace retimu {

class DayClock {
 public:
  using Wall = std::chrono::steady_clock;

  // From `begin` to `end` in so much time of the wall, from now on.
  DayClock(Time begin, Time end, std::chrono::seconds wall)
      : begin_(begin),
        factor_(static_cast<double>(end - begin) / 1e9 / static_cast<double>(wall.count())) {}

  Time now() const {
    const std::chrono::duration<double> passed = Wall::now() - started_;
    return begin_ + static_cast<Time>(passed.count() * factor_ * 1e9);
  }
  Time at(double hours) const { return begin_ + static_cast<Time>(hours * 3'600e9); }
  void wait_until(Time time) const {
    while (now() < time) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  void wait_until(double hours) const { wait_until(at(hours)); }

 private:
  Wall::time_point started_ = Wall::now();
  Time begin_;
  double factor_;
};

struct DayRecord {
  Time time = 0;
  std::string entity, text;  // with the line feed; of a log maybe several lines
};

// Records that were sent, by entity.
using Counts = std::map<std::string, int>;

// What was done when; several threads may tell.
class DayLog {
 public:
  explicit DayLog(const DayClock& clock) : clock_(clock) {}
  void tell(std::string what) {
    const Time now = clock_.now();
    const std::lock_guard lock(mutex_);
    lines_.push_back(fmt::format("{}  {}", format_time(now).substr(11, 8), what));
  }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  const DayClock& clock_;
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace retimu

#endif
