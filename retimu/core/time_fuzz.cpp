// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/result.hpp"
#include "retimu/core/time.hpp"

// What is read is written and read again as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::optional<retimu::Time> times[] = {retimu::parse_iso_time(text),
                                               retimu::parse_epoch_time(text),
                                               retimu::parse_written_time(text)};
  // What can only be read in one order is read the same when that is given.
  if (const auto order = retimu::find_date_order(text)) {
    RETIMU_ASSERT(retimu::resembles_date(text) || !times[2]);
    RETIMU_ASSERT(*order == retimu::DateOrder::unknown
                      ? !times[2]
                      : retimu::parse_written_time(text, *order) == times[2]);
  }
  for (const std::optional<retimu::Time>& time : times) {
    RETIMU_ASSERT(!time || *time != retimu::time_none);
    RETIMU_ASSERT(!time || retimu::parse_iso_time(retimu::format_time(*time)) == time);
  }
  const std::optional<retimu::Duration> duration = retimu::parse_duration(text);
  RETIMU_ASSERT(!duration ||
                retimu::parse_duration(retimu::format_duration(*duration)) == duration);
  return 0;
}
