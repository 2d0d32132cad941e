// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/sentence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

constexpr std::size_t columns_told = 3;

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

std::string range_of(const ColumnReason& reason) {
  const double width = std::abs(reason.expected_high - reason.expected_low);
  const double away = std::max(std::abs(reason.observed - reason.expected_low),
                               std::abs(reason.observed - reason.expected_high));
  const double scale = width > 0 ? width : away;
  const std::string low = format_value(reason.expected_low, scale);
  const std::string high = format_value(reason.expected_high, scale);
  return low == high ? low : fmt::format("{} to {}", low, high);
}

std::string observed_of(const ColumnReason& reason) {
  const double away = std::max(std::abs(reason.observed - reason.expected_low),
                               std::abs(reason.observed - reason.expected_high));
  const std::string value = format_value(reason.observed, away);
  return reason.unit.empty() ? value : fmt::format("{} {}", value, reason.unit);
}

// Whether the value itself is out of its range; else it is the pattern that is unusual.
bool is_outside(const ColumnReason& reason) {
  return reason.observed < reason.expected_low || reason.observed > reason.expected_high;
}

std::string first_clause(const Alert& alert, std::string_view verb, std::string_view usually) {
  const ColumnReason& reason = alert.reasons.front();
  return fmt::format("{}{} {} {}, {} {}", reason.column, of_entity(alert), verb,
                     observed_of(reason), usually, range_of(reason));
}

std::string others(const Alert& alert) {
  std::string text;
  for (std::size_t i = 1; i < std::min(alert.reasons.size(), columns_told); ++i) {
    const ColumnReason& reason = alert.reasons[i];
    if (!is_outside(reason)) continue;
    text += fmt::format("{}{} {} ({})", text.empty() ? "; also " : ", ", reason.column,
                        observed_of(reason), range_of(reason));
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

std::string make_sentence(const Alert& alert) {
  const std::string since = clock_of(alert.onset, alert.time);
  if (alert.change == Change::resolved) {
    const std::string lasted =
        format_duration(std::max<Duration>(alert.time - alert.onset, 0) / second * second);
    if (alert.is_shift && !alert.reasons.empty()) {
      return fmt::format("{} is steady at its new level after {}, the change began at {}",
                         entity_or_input(alert), lasted, since);
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
  return fmt::format(
      "{} behaves unusually: {} is {}, within its range {}, but not as usual, since {}",
      entity_or_input(alert), alert.reasons.front().column, observed_of(alert.reasons.front()),
      range_of(alert.reasons.front()), since);
}

}  // namespace retimu
