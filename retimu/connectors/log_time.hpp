// SPDX-License-Identifier: Apache-2.0
// The time at the beginning of a text, as logs write it. Beside ISO-8601 and epoch numbers:
// "Jun 14 15:16:01", "Sun Dec 04 04:47:44 2005", "10/Oct/2000:13:55:36 -0700",
// "04 Mar 2024 05:06:07", "081109 203615", "17/06/09 20:10:40" (the year is first where it has two
// digits), "20171223-22:15:29:606", "03-17 16:13:38.811" and "10.30 16:49:06" (the month is first),
// glog's "I0304 05:06:07.123456", and "31.12.2024 23:59:59" with what parse_written_time reads.
#ifndef RETIMU_CONNECTORS_LOG_TIME_HPP
#define RETIMU_CONNECTORS_LOG_TIME_HPP

#include "retimu/core/time.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace retimu {

class LogTime {
 public:
  // None if the text does not begin with a time, or goes on with a letter or digit behind it. About
  // 50 ns.
  static std::optional<LogTime> find(std::string_view text);

  std::size_t bytes() const { return bytes_; }  // of the text
  int month() const { return month_; }          // 1 to 12 where it has no year, else 0
  // For TimeReader, UTC where no zone is written. `year` counts where it has none of its own.
  std::string_view written(int year);

 private:
  friend class LogTimeFinder;
  std::array<char, 48> text_{};
  std::size_t size_ = 0, bytes_ = 0;
  int month_ = 0;
};

}  // namespace retimu

#endif
