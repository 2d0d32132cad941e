// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/time.hpp"

#include "retimu/core/text_cursor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace retimu {

namespace {

__extension__ using Wide = __int128;

std::optional<Time> narrow(Wide value) {
  if (value > INT64_MAX || value <= INT64_MIN) return std::nullopt;  // the least one means none
  return static_cast<Time>(value);
}

constexpr std::uint64_t fraction_unit = TextCursor::fraction_unit;

// `fraction` of a unit of at most a day, cut off to nanoseconds.
Wide scaled(std::uint64_t fraction, Duration unit) {
  if (fraction == 0) return 0;
  return Wide{fraction} * unit / fraction_unit;
}

struct Date {
  Wide time;      // of its midnight
  bool is_basic;  // 20261122 rather than 2026-11-22
};

std::optional<Wide> midnight_of(int year, int month, int day_of_month) {
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day_of_month))};
  if (!date.ok()) return std::nullopt;
  return Wide{std::chrono::sys_days(date).time_since_epoch().count()} * day;
}

std::optional<Date> parse_date(TextCursor& cursor) {
  const auto year = cursor.digits(4);
  const bool is_basic = cursor.is_at_digit();
  const char separator = cursor.take('-') ? '-' : '/';
  if (!year || (!is_basic && separator == '/' && !cursor.take('/'))) return std::nullopt;
  const auto month = cursor.digits(2);
  if (!month || (!is_basic && !cursor.take(separator))) return std::nullopt;
  const auto day_of_month = cursor.digits(2);
  if (!day_of_month) return std::nullopt;
  const std::optional<Wide> time = midnight_of(*year, *month, *day_of_month);
  return time ? std::optional(Date{*time, is_basic}) : std::nullopt;
}

// "31.12.2024", "12/31/2024": two short parts and a year.
struct ShortDate {
  int first, next, year;
  char separator;
};

std::optional<ShortDate> parse_short_date(TextCursor& cursor) {
  const auto first = cursor.digits_up_to(2);
  const char separator = cursor.take('.') ? '.' : '/';
  if (!first || (separator == '/' && !cursor.take('/'))) return std::nullopt;
  const auto next = cursor.digits_up_to(2);
  if (!next || !cursor.take(separator)) return std::nullopt;
  const auto year = cursor.digits(4);
  if (!year || cursor.is_at_digit()) return std::nullopt;
  return ShortDate{*first, *next, *year, separator};
}

DateOrder order_of(const ShortDate& date) {
  if (date.separator == '.' || date.first > 12) return DateOrder::day_first;
  return date.next > 12 ? DateOrder::month_first : DateOrder::unknown;
}

// "10:42", "10:42:07", "10:42:07.25" and a comma for the point; without colons if basic.
std::optional<Wide> parse_clock(TextCursor& cursor, bool is_basic) {
  const auto hours = cursor.digits(2);
  if (!hours || *hours > 24 || (!is_basic && !cursor.take(':'))) return std::nullopt;
  const auto minutes = cursor.digits(2);
  if (!minutes || *minutes > 59) return std::nullopt;
  Wide time = Wide{*hours} * hour + Wide{*minutes} * minute;
  if (is_basic ? cursor.is_at_digit() : cursor.take(':')) {
    const auto seconds = cursor.digits(2);
    if (!seconds || *seconds > 60) return std::nullopt;  // 60: a leap second, told as the next one
    time += Wide{*seconds} * second;
    if (cursor.take_any(".,")) {
      const auto fraction = cursor.fraction();
      if (!fraction) return std::nullopt;
      time += scaled(*fraction, second);
    }
  }
  if (*hours == 24 && time != day) return std::nullopt;
  return time;
}

// "11:59 PM", "1:05:07.5am".
std::optional<Wide> parse_half_day_clock(TextCursor& cursor) {
  const auto hours = cursor.digits_up_to(2);
  if (!hours || *hours < 1 || *hours > 12 || !cursor.take(':')) return std::nullopt;
  const auto minutes = cursor.digits(2);
  if (!minutes || *minutes > 59) return std::nullopt;
  Wide time = Wide{*hours % 12} * hour + Wide{*minutes} * minute;
  if (cursor.take(':')) {
    const auto seconds = cursor.digits(2);
    if (!seconds || *seconds > 59) return std::nullopt;
    time += Wide{*seconds} * second;
    if (cursor.take('.')) {
      const auto fraction = cursor.fraction();
      if (!fraction) return std::nullopt;
      time += scaled(*fraction, second);
    }
  }
  (void)cursor.take(' ');
  const bool is_after_noon = cursor.take_any("Pp");
  if (!is_after_noon && !cursor.take_any("Aa")) return std::nullopt;
  if (!cursor.take_any("Mm")) return std::nullopt;
  return is_after_noon ? time + Wide{12} * hour : time;
}

// Nothing, "Z", "UTC", "GMT", "+01:00", "+0100", "+01", each with a blank before it or none.
std::optional<Wide> parse_zone(TextCursor& cursor) {
  if (cursor.is_at_end()) return Wide{0};
  (void)cursor.take(' ');
  if (cursor.take_any("Zz") || cursor.take_text("UTC") || cursor.take_text("GMT")) return Wide{0};
  const bool is_west = cursor.take('-');
  if (!is_west && !cursor.take('+')) return std::nullopt;
  const auto hours = cursor.digits(2);
  if (!hours || *hours > 18) return std::nullopt;
  int minutes = 0;
  if (!cursor.is_at_end()) {
    (void)cursor.take(':');
    const auto read = cursor.digits(2);
    if (!read || *read > 59) return std::nullopt;
    minutes = *read;
  }
  const Wide offset = Wide{*hours} * hour + Wide{minutes} * minute;
  return is_west ? -offset : offset;
}

// An unsigned decimal number: whole + fraction / fraction_unit.
struct Decimal {
  std::uint64_t whole = 0, fraction = 0;
};

// Moves the point of a number by `places` to the right; none if it grows too large.
std::optional<Decimal> shifted(Decimal number, int places) {
  for (; places > 0 && (number.whole | number.fraction) != 0; --places) {
    if (number.whole > (UINT64_MAX - 9) / 10) return std::nullopt;
    number.whole = number.whole * 10 + number.fraction / (fraction_unit / 10);
    number.fraction = number.fraction % (fraction_unit / 10) * 10;
  }
  for (; places < 0 && (number.whole | number.fraction) != 0; ++places) {
    number.fraction = number.fraction / 10 + number.whole % 10 * (fraction_unit / 10);
    number.whole /= 10;
  }
  return number;
}

// "1700000000", "1700000000.25", "1.7e9"
std::optional<Decimal> parse_decimal(TextCursor& cursor) {
  const std::optional<std::uint64_t> whole = cursor.whole();
  if (!whole) return std::nullopt;
  Decimal number{*whole, 0};
  if (cursor.take('.') && cursor.is_at_digit()) number.fraction = *cursor.fraction();
  if (cursor.take_any("eE")) {
    const bool is_negative = cursor.take('-');
    if (!is_negative) (void)cursor.take('+');
    const std::optional<std::uint64_t> places = cursor.whole();
    if (!places || *places > 999) return std::nullopt;
    return shifted(number, is_negative ? -static_cast<int>(*places) : static_cast<int>(*places));
  }
  return number;
}

constexpr std::array<std::pair<std::string_view, Duration>, 7> units = {{{"ms", millisecond},
                                                                         {"us", microsecond},
                                                                         {"ns", 1},
                                                                         {"s", second},
                                                                         {"m", minute},
                                                                         {"h", hour},
                                                                         {"d", day}}};

}  // namespace

std::string format_time(Time time) {
  const Duration rest = ((time % day) + day) % day;
  const auto days = static_cast<int>(time / day - (time % day < 0 ? 1 : 0));
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  const Duration seconds = rest / second;
  const Duration fraction = rest % second;
  std::string text =
      fmt::format("{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  seconds / 3'600, seconds / 60 % 60, seconds % 60);
  if (fraction % millisecond != 0) {
    text += fraction % microsecond != 0 ? fmt::format(".{:09d}", fraction)
                                        : fmt::format(".{:06d}", fraction / microsecond);
  } else if (fraction != 0) {
    text += fmt::format(".{:03d}", fraction / millisecond);
  }
  return text + "Z";
}

std::string row_text(Time time) { return fmt::format("row {}", time / second); }

std::optional<Time> parse_iso_time(std::string_view text) {
  TextCursor cursor(text);
  const std::optional<Date> date = parse_date(cursor);
  if (!date) return std::nullopt;
  if (cursor.is_at_end()) return date->is_basic ? std::nullopt : narrow(date->time);
  if (!cursor.take_any(date->is_basic ? "Tt" : "Tt ")) return std::nullopt;
  const std::optional<Wide> clock = parse_clock(cursor, date->is_basic);
  if (!clock) return std::nullopt;
  const std::optional<Wide> zone = parse_zone(cursor);
  if (!zone || !cursor.is_at_end()) return std::nullopt;
  return narrow(date->time + *clock - *zone);
}

std::optional<DateOrder> find_date_order(std::string_view text) {
  TextCursor cursor(text);
  const std::optional<ShortDate> date = parse_short_date(cursor);
  if (!date || date->separator != '/') return std::nullopt;
  return order_of(*date);
}

std::optional<Time> parse_written_time(std::string_view text, DateOrder order) {
  TextCursor cursor(text);
  std::optional<Wide> midnight;
  if (const std::optional<ShortDate> date = parse_short_date(cursor)) {
    if (date->separator == '.' || order == DateOrder::unknown) order = order_of(*date);
    if (order == DateOrder::unknown) return std::nullopt;
    const bool is_day_first = order == DateOrder::day_first;
    midnight = midnight_of(date->year, is_day_first ? date->next : date->first,
                           is_day_first ? date->first : date->next);
  } else {
    cursor = TextCursor(text);
    const std::optional<Date> iso = parse_date(cursor);
    if (iso && !iso->is_basic) midnight = iso->time;
  }
  if (!midnight) return std::nullopt;
  if (cursor.is_at_end()) return narrow(*midnight);
  if (!cursor.take_any("Tt ")) return std::nullopt;
  const TextCursor at_clock = cursor;
  std::optional<Wide> clock = parse_half_day_clock(cursor);
  if (!clock) {
    cursor = at_clock;
    clock = parse_clock(cursor, false);
  }
  if (!clock) return std::nullopt;
  const std::optional<Wide> zone = parse_zone(cursor);
  if (!zone || !cursor.is_at_end()) return std::nullopt;
  return narrow(*midnight + *clock - *zone);
}

bool resembles_date(std::string_view text) {
  TextCursor cursor(text);
  if (!cursor.digits_up_to(4)) return false;
  const char separator = cursor.take('.') ? '.' : cursor.take('-') ? '-' : '/';
  if (separator == '/' && !cursor.take('/')) return false;
  return cursor.digits_up_to(2) && cursor.take(separator) && cursor.digits_up_to(4) &&
         (cursor.is_at_end() || cursor.take_any(" Tt,"));
}

std::optional<Time> parse_epoch_time(std::string_view text) {
  TextCursor cursor(text);
  const bool is_negative = cursor.take('-');
  if (!is_negative) (void)cursor.take('+');
  const std::optional<Decimal> number = parse_decimal(cursor);
  if (!number || !cursor.is_at_end()) return std::nullopt;
  Duration unit = 1;
  if (number->whole < 100'000'000'000) {
    unit = second;
  } else if (number->whole < 100'000'000'000'000) {
    unit = millisecond;
  } else if (number->whole < 100'000'000'000'000'000) {
    unit = microsecond;
  }
  const Wide value = Wide{number->whole} * unit + scaled(number->fraction, unit);
  return narrow(is_negative ? -value : value);
}

std::optional<Duration> parse_duration(std::string_view text) {
  TextCursor cursor(text);
  if (cursor.is_at_end()) return std::nullopt;
  Wide sum = 0;
  while (!cursor.is_at_end()) {
    const std::optional<std::uint64_t> whole = cursor.whole();
    if (!whole) return std::nullopt;
    std::optional<std::uint64_t> fraction = 0;
    if (cursor.take('.')) fraction = cursor.fraction();
    if (!fraction) return std::nullopt;
    const auto unit =
        std::ranges::find_if(units, [&](const auto& one) { return cursor.take_text(one.first); });
    if (unit == units.end()) return std::nullopt;
    sum += Wide{*whole} * unit->second + scaled(*fraction, unit->second);
    if (sum > INT64_MAX) return std::nullopt;
  }
  return static_cast<Duration>(sum);
}

std::string format_duration(Duration duration) {
  if (duration == 0) return "0s";
  constexpr std::array<std::pair<std::string_view, Duration>, 7> descending = {{{"d", day},
                                                                                {"h", hour},
                                                                                {"m", minute},
                                                                                {"s", second},
                                                                                {"ms", millisecond},
                                                                                {"us", microsecond},
                                                                                {"ns", 1}}};
  std::string text = duration < 0 ? "-" : "";
  // The least Duration has no counterpart.
  std::uint64_t left = duration < 0 ? 0 - static_cast<std::uint64_t>(duration)
                                    : static_cast<std::uint64_t>(duration);
  for (const auto& [name, size] : descending) {
    const auto unit = static_cast<std::uint64_t>(size);
    if (left >= unit) text += fmt::format("{}{}", left / unit, name);
    left %= unit;
  }
  return text;
}

Time add_saturated(Time time, Duration duration) {
  Time sum = 0;
  if (__builtin_add_overflow(time, duration, &sum)) sum = duration > 0 ? INT64_MAX : INT64_MIN;
  return std::max(sum, time_none + 1);
}

Duration between(Time from, Time to) {
  if (to <= from) return 0;
  const std::uint64_t gap = static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
  return static_cast<Duration>(std::min<std::uint64_t>(gap, INT64_MAX));
}

Time floor_to(Time time, Duration step) {
  const Duration rest = time % step;
  return add_saturated(time, -(rest < 0 ? rest + step : rest));
}

}  // namespace retimu
