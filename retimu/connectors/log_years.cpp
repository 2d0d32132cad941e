// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/log_years.hpp"

#include "retimu/connectors/time_reader.hpp"

#include <algorithm>
#include <charconv>

namespace retimu {

void LogYears::find_first(LogTime time) {
  constexpr int years_between_leap_days_max = 8;
  const std::string written = format_time(written_);
  int latest = 1970;
  (void)std::from_chars(written.data(), written.data() + 4, latest);
  set_first(latest);
  for (int year = latest; year > std::max(1678, latest - 1 - years_between_leap_days_max); --year) {
    const std::optional<Time> found = TimeReader().read(time.written(year));
    if (!found || *found > add_saturated(written_, day)) continue;
    set_first(year);
    return;
  }
}

bool LogYears::is_late(int month) const {
  return month_ != 0 && (month == month_ - 1 || (month_ == 1 && month == 12));
}

int LogYears::year_of(int month) const {
  if (is_late(month)) return month_ == 1 ? year_ - 1 : year_;
  return month < month_ ? year_ + 1 : year_;
}

void LogYears::keep(int month) {
  if (month == 0 || is_late(month)) return;
  year_ = year_of(month);
  month_ = month;
}

}  // namespace retimu
