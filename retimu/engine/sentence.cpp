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
bool is_outside(const AlertReason& reason) {
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
AlertReason without_noise(AlertReason reason) {
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
Shown show(const AlertReason& raw) {
  constexpr int decimals_max = 6;
  constexpr double whole_max = 1e9;
  const AlertReason reason = without_noise(raw);
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

std::string share(double value) { return fmt::format("{} %", format_value(100 * value, 0)); }

// What is no value of a column. `of`: " of pump1", or empty.
std::string clause_of_event(const AlertReason& reason, const std::string& of) {
  const auto quoted = fmt::format("\"{}\"", reason.subject);
  const auto usually = [&] {
    const std::string low = format_value(reason.expected_low, 0);
    const std::string high = format_value(reason.expected_high, 0);
    return low == high ? low : fmt::format("{} to {}", low, high);
  };
  const std::string observed = format_value(reason.observed, 0);
  switch (reason.kind) {
    case ReasonKind::new_message: return fmt::format("new message {}{}", quoted, of);
    case ReasonKind::message_count:
      return fmt::format("{}{} comes {} times a minute, usually {}", quoted, of, observed,
                         usually());
    case ReasonKind::message_value:
      return fmt::format("a number of {}{} is {}, usually {}", quoted, of, observed, usually());
    case ReasonKind::message_order:
      return fmt::format("{}{} comes where it does not belong", quoted, of);
    case ReasonKind::level_share:
      return fmt::format("{} of the log lines{} are {} or worse, usually up to {}",
                         share(reason.observed), of, reason.subject, share(reason.expected_high));
    case ReasonKind::rare_alarm: return fmt::format("alarm {}{}, which is rare", quoted, of);
    case ReasonKind::alarm_count:
      return fmt::format("{} alarms{}{} a minute, usually {}", observed,
                         reason.subject.empty() ? "" : " " + quoted, of, usually());
    case ReasonKind::alarm_severity:
      return fmt::format("alarm {}{} is {}", quoted, of,
                         name_of(static_cast<Severity>(std::clamp(reason.observed, 0.0, 5.0))));
    case ReasonKind::event_count:
      return fmt::format("{} {}{} a minute, usually {}", observed, reason.subject, of, usually());
    case ReasonKind::silence:
      return fmt::format(
          "no {}{} for {}, usually one every {}", reason.subject, of,
          format_duration(static_cast<Duration>(std::clamp(reason.observed, 0.0, 1e9)) * second),
          format_duration(static_cast<Duration>(std::clamp(reason.expected_high, 0.0, 1e9) * 1e3) *
                          millisecond));
    case ReasonKind::rule: return fmt::format("rule {}", quoted);
    case ReasonKind::value: break;
  }
  return {};
}

// ", 8 s after latency was 95 ms, usually 3 to 12".
std::string companions(const Alert& alert, TimeTold told) {
  std::string text;
  for (const AlertReason& reason : alert.reasons) {
    if (!reason.time) continue;
    std::string what = clause_of_event(reason, {});
    if (reason.kind == ReasonKind::value) {
      const Shown shown = show(reason);
      what = fmt::format("{} was {}, usually {}", reason.subject, shown.observed, shown.range);
    }
    const Duration before = std::max<Duration>(alert.time - *reason.time, 0) / second * second;
    text += before == 0 ? fmt::format(", together with: {}", what)
                        : fmt::format(", {} after: {}", span_of(before, told), what);
  }
  return text;
}

std::string first_clause(const Alert& alert, std::string_view verb, std::string_view usually) {
  const AlertReason& reason = alert.reasons.front();
  if (reason.kind != ReasonKind::value) return clause_of_event(reason, of_entity(alert));
  const Shown shown = show(reason);
  return fmt::format("{}{} {} {}, {} {}", reason.subject, of_entity(alert), verb, shown.observed,
                     usually, shown.range);
}

std::string others(const Alert& alert) {
  std::string text;
  for (std::size_t i = 1; i < std::min(alert.reasons.size(), columns_told); ++i) {
    const AlertReason& reason = alert.reasons[i];
    if (reason.time) continue;
    if (reason.kind != ReasonKind::value) {
      text += fmt::format("{}{}", text.empty() ? "; also " : ", ", clause_of_event(reason, {}));
      continue;
    }
    if (!is_outside(reason)) continue;
    const Shown shown = show(reason);
    text += fmt::format("{}{} {} ({})", text.empty() ? "; also " : ", ", reason.subject,
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

namespace {

// Behind the expression, which is the first reason, stand the values of its columns.
std::string rule_sentence(const Alert& alert, TimeTold told) {
  std::string values;
  for (std::size_t i = 1; i < alert.reasons.size(); ++i) {
    const AlertReason& reason = alert.reasons[i];
    values += fmt::format("{}{} {}", values.empty() ? ": " : ", ", reason.subject,
                          with_unit(format_value(reason.observed, 0), reason.unit));
  }
  const std::string since = moment_of(alert.onset, alert.time, told);
  const std::string& expr = alert.reasons.front().subject;
  if (alert.change == Change::resolved) {
    const Duration lasting = std::max<Duration>(alert.ended.value_or(alert.time) - alert.onset, 0);
    const std::string how = lasting == 0
                                ? fmt::format("it was met once, at {}", since)
                                : fmt::format("it was met for {}, from {} on",
                                              span_of(lasting / second * second, told), since);
    return fmt::format("rule \"{}\"{} ({}) is over{}, {}", alert.lead, of_entity(alert), expr,
                       values, how);
  }
  return fmt::format("rule \"{}\"{} ({}){}, since {}", alert.lead, of_entity(alert), expr, values,
                     since);
}

}  // namespace

std::string make_sentence(const Alert& alert, TimeTold told) {
  if (!alert.reasons.empty() && alert.reasons.front().kind == ReasonKind::rule) {
    return rule_sentence(alert, told);
  }
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
  const AlertReason& first = alert.reasons.front();
  if (first.kind != ReasonKind::value || is_outside(first)) {
    return fmt::format("{}{}{}, since {}", first_clause(alert, "is", "usually"), others(alert),
                       companions(alert, told), since);
  }
  const Shown shown = show(first);
  return fmt::format(
      "{} behaves unusually: {} is {}, within its range {}, but not as usual{}, since {}",
      entity_or_input(alert), first.subject, shown.observed, shown.range, companions(alert, told),
      since);
}

}  // namespace retimu
