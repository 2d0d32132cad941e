// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/log_years.hpp"

#include "retimu/connectors/time_reader.hpp"

#include <algorithm>
#include <charconv>

namespace retimu {

LogYears::LogYears(Time written) : written_(written) {
  const std::string text = format_time(written);
  (void)std::from_chars(text.data(), text.data() + 4, written_year_);
}

LogYears::Found LogYears::find_last(LogTime time) const {
  constexpr int years_between_leap_days_max = 8;
  const int first = std::max(1678, written_year_ - 1 - years_between_leap_days_max);
  for (int year = written_year_; year > first; --year) {
    const std::optional<Time> found = TimeReader().read(time.written(year));
    if (found && *found <= add_saturated(written_, day)) return {year, found};
  }
  return {written_year_, std::nullopt};
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
