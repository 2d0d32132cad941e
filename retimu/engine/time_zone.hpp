// SPDX-License-Identifier: Apache-2.0
// The clock on the wall: hours of the day and the week follow a time zone and its daylight saving,
// by the system's zone tables (package tzdata; they reach to 2037, later years keep the last
// offset).
#ifndef RETIMU_ENGINE_TIME_ZONE_HPP
#define RETIMU_ENGINE_TIME_ZONE_HPP

#include "retimu/core/result.hpp"
#include "retimu/core/time.hpp"

#include <string_view>

namespace date {
class time_zone;
}

namespace retimu {

class TimeZone {
 public:
  TimeZone() = default;  // UTC, which needs no tables
  // By its IANA name, "Europe/Berlin". The message names the nearest that is known.
  static Result<TimeZone> find(std::string_view name);

  // For times in [begin, end) the wall shows `offset` more than UTC.
  struct Stretch {
    Time begin, end;
    Duration offset;
  };
  Stretch at(Time time) const;

 private:
  explicit TimeZone(const date::time_zone* zone) : zone_(zone) {}
  const date::time_zone* zone_ = nullptr;  // lives as long as the process
};

// Tells local time; looks into the tables only where the offset may have changed.
class LocalClock {
 public:
  explicit LocalClock(TimeZone zone) : zone_(zone) {}
  Time local(Time time) {
    if (time < stretch_.begin || time >= stretch_.end) stretch_ = zone_.at(time);
    return add_saturated(time, stretch_.offset);
  }

 private:
  TimeZone zone_;
  TimeZone::Stretch stretch_{0, 0, 0};
};

}  // namespace retimu

#endif
