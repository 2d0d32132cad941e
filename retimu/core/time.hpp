// SPDX-License-Identifier: Apache-2.0
// Event time: nanoseconds since 1970-01-01 UTC, never the wall clock. Covers the years 1678 to
// 2261.
#ifndef RETIMU_CORE_TIME_HPP
#define RETIMU_CORE_TIME_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retimu {

using Time = std::int64_t;
using Duration = std::int64_t;  // nanoseconds

inline constexpr Duration microsecond = 1'000;
inline constexpr Duration millisecond = 1'000'000;
inline constexpr Duration second = 1'000'000'000;
inline constexpr Duration minute = 60 * second;
inline constexpr Duration hour = 60 * minute;
inline constexpr Duration day = 24 * hour;
inline constexpr Time time_none = INT64_MIN;

// A time, and what a clock on the wall shows then, in the time zone of the pipeline. Wall clocks
// repeat an hour in autumn: `local` tells the hour of the day and the week, and nothing else.
struct Moment {
  Time time, local;
};

// ISO-8601 in UTC with as many of 0, 3, 6 or 9 decimals as the time needs:
// "2026-11-22T10:42:07.250Z".
std::string format_time(Time time);

// "row 512", where the number of a record counts as its second.
std::string row_text(Time time);

// ISO-8601 ("2026-11-22T10:42:07.25+01:00"; blank or `T` between date and time, `-` or `/` within
// the date, date alone, seconds optional, "20261122T104207Z" too; without a zone it is UTC). Finer
// than a nanosecond is cut off. None when it is not such a text or out of range.
std::optional<Time> parse_iso_time(std::string_view text);

// What stands first in "04/07/2016".
enum class DateOrder : std::uint8_t { unknown, day_first, month_first };
// The order that a date with slashes can only have: unknown if neither part exceeds 12. None when
// the text does not begin with such a date.
std::optional<DateOrder> find_date_order(std::string_view text);

// Dates as people write them: "31.12.2024 23:59:59" (the day is first where dots stand),
// "12/31/2024 11:59 PM", and AM or PM behind an ISO date. Dates with slashes have the order that is
// given, or where it is unknown the only one that they can have; it is never guessed. Parts have
// one digit or two, the year four; zones as above. None when it is not such a text or out of range.
std::optional<Time> parse_written_time(std::string_view text, DateOrder order = DateOrder::unknown);

// Whether a text begins like a date in digits, also one that cannot be read: "04/07/16 00".
bool resembles_date(std::string_view text);

// Whole or decimal epoch number ("1700000000", "-0.5", "1.7e9"), never through double; its unit by
// size: s below 1e11, then ms below 1e14, us below 1e17, ns. None when it is not a number or out of
// range.
std::optional<Time> parse_epoch_time(std::string_view text);

// "90s", "5m", "1h30m", "250ms", "2d", "0s": a sum of whole or decimal numbers with a unit each.
// None otherwise.
std::optional<Duration> parse_duration(std::string_view text);
std::string format_duration(Duration duration);  // the shortest of "1h30m", "45s", "250ms"

// time + duration, kept within the range of Time; never time_none.
Time add_saturated(Time time, Duration duration);
// How much later `to` is, kept within the range of Duration; 0 if it is not later.
Duration between(Time from, Time to);
// The latest multiple of `step` > 0 that is not later than `time`, kept within the range of Time.
Time floor_to(Time time, Duration step);

}  // namespace retimu

#endif
