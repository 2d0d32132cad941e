// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/time.hpp"

#include <fmt/format.h>

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

// Reads a text from the left.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : left_(text) {}

  bool is_at_end() const { return left_.empty(); }
  bool take(char c) {
    if (left_.empty() || left_.front() != c) return false;
    left_.remove_prefix(1);
    return true;
  }
  bool take_any(std::string_view characters) {
    for (const char c : characters) {
      if (take(c)) return true;
    }
    return false;
  }
  // Exactly `count` digits.
  std::optional<int> digits(std::size_t count) {
    if (left_.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(left_[i])) return std::nullopt;
      value = value * 10 + (left_[i] - '0');
    }
    left_.remove_prefix(count);
    return value;
  }
  // One or more digits, as many as there are, up to 19 that count.
  std::optional<Wide> whole() {
    std::size_t count = 0;
    Wide value = 0;
    for (; count < left_.size() && is_digit(left_[count]); ++count) {
      if (count >= 30) return std::nullopt;
      value = value * 10 + (left_[count] - '0');
    }
    if (count == 0) return std::nullopt;
    left_.remove_prefix(count);
    return value;
  }
  // Digits of a fraction in units of 1e-18; what is finer is cut off.
  std::optional<Wide> fraction() {
    std::size_t count = 0;
    Wide value = 0, unit = 100'000'000'000'000'000;
    for (; count < left_.size() && is_digit(left_[count]); ++count) {
      value += unit * (left_[count] - '0');
      unit /= 10;
    }
    if (count == 0) return std::nullopt;
    left_.remove_prefix(count);
    return value;
  }
  std::string_view left() const { return left_; }
  void skip(std::size_t count) { left_.remove_prefix(count); }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  std::string_view left_;
};

constexpr Wide fraction_unit = 1'000'000'000'000'000'000;

std::optional<Wide> parse_date(Cursor& cursor) {
  const auto year = cursor.digits(4);
  if (!year) return std::nullopt;
  const bool has_dash = cursor.take('-');
  const bool has_slash = !has_dash && cursor.take('/');
  if (!has_dash && !has_slash) return std::nullopt;
  const auto month = cursor.digits(2);
  if (!month || !cursor.take(has_dash ? '-' : '/')) return std::nullopt;
  const auto day_of_month = cursor.digits(2);
  if (!day_of_month) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day_of_month))};
  if (!date.ok()) return std::nullopt;
  return Wide{std::chrono::sys_days(date).time_since_epoch().count()} * day;
}

// "10:42", "10:42:07", "10:42:07.25" and a comma for the point.
std::optional<Wide> parse_clock(Cursor& cursor) {
  const auto hours = cursor.digits(2);
  if (!hours || *hours > 24 || !cursor.take(':')) return std::nullopt;
  const auto minutes = cursor.digits(2);
  if (!minutes || *minutes > 59) return std::nullopt;
  Wide time = Wide{*hours} * hour + Wide{*minutes} * minute;
  if (cursor.take(':')) {
    const auto seconds = cursor.digits(2);
    if (!seconds || *seconds > 60) return std::nullopt;  // 60: a leap second, told as the next one
    time += Wide{*seconds} * second;
    if (cursor.take_any(".,")) {
      const auto fraction = cursor.fraction();
      if (!fraction) return std::nullopt;
      time += *fraction / (fraction_unit / second);
    }
  }
  if (time > Wide{day} + second) return std::nullopt;
  return time;
}

// Nothing, "Z", "+01:00", "+0100", "+01", " UTC".
std::optional<Wide> parse_zone(Cursor& cursor) {
  if (cursor.is_at_end() || cursor.take_any("Zz")) return Wide{0};
  if (cursor.left() == " UTC" || cursor.left() == " GMT") {
    cursor.skip(4);
    return Wide{0};
  }
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
  const auto days = static_cast<int>((time - rest) / day);
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

std::optional<Time> parse_iso_time(std::string_view text) {
  Cursor cursor(text);
  const std::optional<Wide> date = parse_date(cursor);
  if (!date) return std::nullopt;
  if (cursor.is_at_end()) return narrow(*date);
  if (!cursor.take_any("Tt ")) return std::nullopt;
  const std::optional<Wide> clock = parse_clock(cursor);
  if (!clock) return std::nullopt;
  const std::optional<Wide> zone = parse_zone(cursor);
  if (!zone || !cursor.is_at_end()) return std::nullopt;
  return narrow(*date + *clock - *zone);
}

std::optional<Time> parse_epoch_time(std::string_view text) {
  Cursor cursor(text);
  const bool is_negative = cursor.take('-');
  if (!is_negative) (void)cursor.take('+');
  const std::optional<Wide> whole = cursor.whole();
  if (!whole) return std::nullopt;
  Wide fraction = 0;
  if (cursor.take('.') && !cursor.is_at_end()) {
    const std::optional<Wide> read = cursor.fraction();
    if (!read) return std::nullopt;
    fraction = *read;
  }
  if (!cursor.is_at_end()) return std::nullopt;
  Wide unit = 1;
  if (*whole < 100'000'000'000) {
    unit = second;
  } else if (*whole < 100'000'000'000'000) {
    unit = millisecond;
  } else if (*whole < 100'000'000'000'000'000) {
    unit = microsecond;
  }
  const Wide value = *whole * unit + fraction * unit / fraction_unit;
  return narrow(is_negative ? -value : value);
}

std::optional<Duration> parse_duration(std::string_view text) {
  Cursor cursor(text);
  if (cursor.is_at_end()) return std::nullopt;
  Wide sum = 0;
  while (!cursor.is_at_end()) {
    const std::optional<Wide> whole = cursor.whole();
    if (!whole) return std::nullopt;
    Wide fraction = 0;
    if (cursor.take('.')) {
      const std::optional<Wide> read = cursor.fraction();
      if (!read) return std::nullopt;
      fraction = *read;
    }
    Duration unit = 0;
    for (const auto& [name, duration] : units) {
      if (!cursor.left().starts_with(name)) continue;
      unit = duration;
      cursor.skip(name.size());
      break;
    }
    if (unit == 0 || *whole > INT64_MAX) return std::nullopt;
    sum += *whole * unit + fraction * unit / fraction_unit;
    if (sum > INT64_MAX) return std::nullopt;
  }
  return static_cast<Duration>(sum);
}

std::string format_duration(Duration duration) {
  if (duration == 0) return "0s";
  if (duration < 0) return "-" + format_duration(-duration);
  constexpr std::array<std::pair<std::string_view, Duration>, 7> descending = {{{"d", day},
                                                                                {"h", hour},
                                                                                {"m", minute},
                                                                                {"s", second},
                                                                                {"ms", millisecond},
                                                                                {"us", microsecond},
                                                                                {"ns", 1}}};
  std::string text;
  for (const auto& [name, unit] : descending) {
    if (duration < unit) continue;
    text += fmt::format("{}{}", duration / unit, name);
    duration %= unit;
  }
  return text;
}

Time add_saturated(Time time, Duration duration) {
  Time sum = 0;
  if (!__builtin_add_overflow(time, duration, &sum)) return sum;
  return duration > 0 ? INT64_MAX : INT64_MIN + 1;
}

}  // namespace retimu
