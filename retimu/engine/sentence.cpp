// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/sentence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

constexpr std::size_t columns_told = 3;
constexpr double noise_share = 1e-9;  // of a column's scale: what rounding leaves

std::string of_entity(const Alert& alert) {
  return alert.entity == "input" ? std::string() : fmt::format(" of {}", alert.entity);
}

// "10:42:07", with the date in front when the alert is of another day.
std::string clock_of(Time time, Time now) {
  const std::string text = format_time(time);
  std::string clock = text.substr(11, 8);
  if (text.compare(0, 10, format_time(now), 0, 10) != 0) {
    clock = text.substr(0, 10) + " " + clock;
  }
  return clock;
}

std::string moment_of(Time time, Time now, TimeTold told) {
  return told == TimeTold::row ? row_text(time) : clock_of(time, now);
}

std::string span_of(Duration duration, TimeTold told) {
  if (told == TimeTold::clock) return format_duration(duration);
  return fmt::format("{} row{}", duration / second, duration / second == 1 ? "" : "s");
}

// Whether the value itself is out of its range; else it is the pattern that is unusual.
bool is_outside(const ColumnReason& reason) {
  return reason.observed < reason.expected_low || reason.observed > reason.expected_high;
}

// A reason's numbers as a person writes them.
struct Shown {
  std::string observed, range;
};

std::string fixed(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find_first_not_of("-0.") == std::string::npos && text[0] == '-') text.erase(0, 1);
  return text;
}

std::string with_unit(std::string value, std::string_view unit) {
  if (unit.empty()) return value;
  return unit.starts_with("1/") ? fmt::format("{} per {}", value, unit.substr(2))
                                : fmt::format("{} {}", value, unit);
}

// Without what is only rounding: a range no wider than that is one value.
ColumnReason without_noise(ColumnReason reason) {
  double& low = reason.expected_low;
  double& high = reason.expected_high;
  const double observed = std::abs(reason.observed);
  const double usual = std::max(std::abs(low), std::abs(high));
  if (!std::isfinite(usual)) return reason;
  // A value far away, or exactly 0, tells little of the scale on which the column usually moves.
  const double hint = observed == 0 && usual < noise_share ? 1.0 : std::min(observed, 1.0);
  const double noise = noise_share * std::max(usual, hint);
  if (high - low <= noise) low = high = (low + high) / 2;
  for (double* const value : {&low, &high, &reason.observed}) {
    if (std::abs(*value) <= noise) *value = 0;
  }
  return reason;
}

// All with the same decimals: enough for a fifth of the range, and to tell the observed value from
// it.
Shown show(const ColumnReason& raw) {
  constexpr int decimals_max = 6;
  constexpr double whole_max = 1e9;
  const ColumnReason reason = without_noise(raw);
  const double low = reason.expected_low, high = reason.expected_high, value = reason.observed;
  const double away = std::max(std::abs(value - low), std::abs(value - high));
  const double width = std::abs(high - low) > 0 ? std::abs(high - low) : away;
  const double largest = std::max({std::abs(low), std::abs(high), std::abs(value)});
  int decimals = decimals_max + 1;
  if (largest < whole_max && width > 0) {
    decimals = static_cast<int>(std::clamp(-std::floor(std::log10(width / 5)), 0.0, 100.0));
  }
  while (decimals < decimals_max && is_outside(reason) &&
         (fixed(value, decimals) == fixed(low, decimals) ||
          fixed(value, decimals) == fixed(high, decimals))) {
    ++decimals;
  }
  const auto text = [&](double number, double scale) {
    return decimals <= decimals_max ? fixed(number, decimals) : format_value(number, scale);
  };
  const std::string from = text(low, width), to = text(high, width);
  return {with_unit(text(value, away), reason.unit),
          from == to ? from : fmt::format("{} to {}", from, to)};
}

std::string first_clause(const Alert& alert, std::string_view verb, std::string_view usually) {
  const ColumnReason& reason = alert.reasons.front();
  const Shown shown = show(reason);
  return fmt::format("{}{} {} {}, {} {}", reason.column, of_entity(alert), verb, shown.observed,
                     usually, shown.range);
}

std::string others(const Alert& alert) {
  std::string text;
  for (std::size_t i = 1; i < std::min(alert.reasons.size(), columns_told); ++i) {
    const ColumnReason& reason = alert.reasons[i];
    if (!is_outside(reason)) continue;
    const Shown shown = show(reason);
    text += fmt::format("{}{} {} ({})", text.empty() ? "; also " : ", ", reason.column,
                        shown.observed, shown.range);
  }
  return text;
}

std::string entity_or_input(const Alert& alert) {
  return alert.entity == "input" ? std::string("the input") : alert.entity;
}

}  // namespace

std::string format_value(double value, double scale) {
  if (value == 0 || !std::isfinite(value)) return fmt::format("{}", value);
  const double magnitude = std::floor(std::log10(std::abs(value)));
  double digits = 3;
  if (scale > 0 && std::isfinite(scale)) {
    digits = magnitude - std::floor(std::log10(scale)) + 2;
  }
  // 3321 rather than 3.32e+03.
  constexpr double whole_digits_max = 7;
  if (magnitude < whole_digits_max) digits = std::max(digits, magnitude + 1);
  const int precision = static_cast<int>(std::clamp(digits, 3.0, 17.0));
  return fmt::format("{:.{}g}", value, precision);
}

std::string make_sentence(const Alert& alert, TimeTold told) {
  const std::string since = moment_of(alert.onset, alert.time, told);
  if (alert.change == Change::resolved) {
    const Duration lasting = std::max<Duration>(alert.ended.value_or(alert.time) - alert.onset, 0);
    const std::string lasted = span_of(lasting / second * second, told);
    if (alert.is_shift && !alert.reasons.empty()) {
      return fmt::format("{} is steady at its new level after {}, the change began at {}",
                         entity_or_input(alert), lasted, since);
    }
    if (alert.ended == alert.onset) {
      return fmt::format("{} is back to usual, it was unusual once, at {}", entity_or_input(alert),
                         since);
    }
    return fmt::format("{} is back to usual after {}, it began at {}", entity_or_input(alert),
                       lasted, since);
  }
  if (alert.reasons.empty()) {
    return fmt::format("{} is unusual since {}", entity_or_input(alert), since);
  }
  if (alert.is_shift) {
    return fmt::format("{}{}, the level has shifted at {} and is being learned",
                       first_clause(alert, "is", "before"), others(alert), since);
  }
  if (is_outside(alert.reasons.front())) {
    return fmt::format("{}{}, since {}", first_clause(alert, "is", "usually"), others(alert),
                       since);
  }
  const Shown shown = show(alert.reasons.front());
  return fmt::format(
      "{} behaves unusually: {} is {}, within its range {}, but not as usual, since {}",
      entity_or_input(alert), alert.reasons.front().column, shown.observed, shown.range, since);
}

}  // namespace retimu
