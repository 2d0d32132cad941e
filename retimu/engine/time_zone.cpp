// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/time_zone.hpp"

#include "retimu/core/parameters.hpp"

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>
#include <vector>

namespace retimu {

namespace {

// Kept within the range of Time: the tables begin and end tens of thousands of years away.
Time time_of(date::sys_seconds seconds) {
  constexpr std::int64_t most = std::numeric_limits<Time>::max() / second;
  return std::clamp<std::int64_t>(seconds.time_since_epoch().count(), -most, most) * second;
}

Error unknown_zone(std::string_view name, std::string_view near) {
  return Error{Fault::usage,
               fmt::format("unknown time zone \"{}\"; {}", name,
                           near.empty() ? std::string("a zone is such as \"Europe/Berlin\"")
                                        : fmt::format("did you mean \"{}\"?", near))};
}

}  // namespace

Result<TimeZone> TimeZone::find(std::string_view name) {
  if (name == "UTC") return TimeZone();
  try {
    const std::vector<date::time_zone>& zones = date::get_tzdb().zones;
    const auto found = std::ranges::find(zones, name, &date::time_zone::name);
    if (found == zones.end()) {
      std::vector<std::string_view> names;
      for (const date::time_zone& zone : zones) names.push_back(zone.name());
      return tl::unexpected(unknown_zone(name, nearest(name, names)));
    }
    const TimeZone zone(&*found);
    (void)zone.at(0);  // reads its table now, so that nothing is read later
    return zone;
  } catch (const std::exception& error) {
    return failure(Fault::system,
                   "the system's time zone tables can't be read ({}); install the package tzdata",
                   error.what());
  }
}

TimeZone::Stretch TimeZone::at(Time time) const {
  constexpr Time first = std::numeric_limits<Time>::min(), last = std::numeric_limits<Time>::max();
  if (zone_ == nullptr) return {first, last, 0};
  const std::chrono::seconds since_epoch(floor_to(time, second) / second);
  const date::sys_info info = zone_->get_info(date::sys_seconds(since_epoch));
  return {time_of(info.begin), time_of(info.end), info.offset.count() * second};
}

}  // namespace retimu
