// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/reason_text.hpp"

#include "retimu/core/severity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

constexpr double noise_share = 1e-9;  // of a column's scale: what rounding leaves

std::string fixed(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find_first_not_of("-0.") == std::string::npos && text[0] == '-') text.erase(0, 1);
  return text;
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

bool is_whole(double value) { return value == std::floor(value); }

std::string times(double count) {
  return count == 1 ? "once" : fmt::format("{} times", format_value(count, 0));
}

std::string share(double value) { return fmt::format("{} %", format_value(100 * value, 0)); }

}  // namespace

bool is_outside(const AlertReason& reason) {
  return reason.observed < reason.expected_low || reason.observed > reason.expected_high;
}

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

std::string with_unit(std::string value, std::string_view unit) {
  if (unit.empty()) return value;
  return unit.starts_with("1/") ? fmt::format("{} per {}", value, unit.substr(2))
                                : fmt::format("{} {}", value, unit);
}

ShownValue show(const AlertReason& raw) {
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
    if (is_whole(low) && is_whole(high) && is_whole(value)) decimals = 0;
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

// "latency of web7 is 80 ms, its 39 peers' 35 to 45".
std::string peers_text(const AlertReason& reason, const std::string& of) {
  const ShownValue shown = show(reason);
  const std::string peers =
      reason.peers > 0 ? fmt::format("its {} peers'", reason.peers) : std::string("its peers'");
  if (is_outside(reason)) {
    return fmt::format("{}{} is {}, {} {}", reason.subject, of, shown.observed, peers, shown.range);
  }
  return fmt::format("{}{} is {}, within {} {}, but not as usual beside them", reason.subject, of,
                     shown.observed, peers, shown.range);
}

std::string event_text(const AlertReason& reason, const std::string& of) {
  const auto quoted = fmt::format("\"{}\"", reason.subject);
  const auto usually = [&] {
    const std::string low = format_value(reason.expected_low, 0);
    const std::string high = format_value(reason.expected_high, 0);
    return low == high ? low : fmt::format("{} to {}", low, high);
  };
  const std::string observed = format_value(reason.observed, 0);
  // "usually 3 to 5", or "usually one every 2h15m".
  const auto usually_a_minute = [&] {
    const double most = reason.expected_high;
    if (!(most > 0) || most >= 1) return usually();
    constexpr double rarest = 1e-6;
    const auto every = static_cast<Duration>(60 / std::max(most, rarest)) * second;
    return "one every " + format_duration(every);
  };
  switch (reason.kind) {
    case ReasonKind::new_message: return fmt::format("new message {}{}", quoted, of);
    case ReasonKind::message_count:
      return fmt::format("{}{} comes {} a minute, usually {}", quoted, of, times(reason.observed),
                         usually_a_minute());
    case ReasonKind::message_value:
      return fmt::format("a number of {}{} is {}, usually {}", quoted, of, observed, usually());
    case ReasonKind::message_order:
      return fmt::format("{}{} comes where it does not belong", quoted, of);
    case ReasonKind::level_share:
      return fmt::format("{} of the log lines{} are {} or worse, usually up to {}",
                         share(reason.observed), of, reason.subject, share(reason.expected_high));
    case ReasonKind::rare_alarm: return fmt::format("alarm {}{}, which is rare", quoted, of);
    case ReasonKind::alarm_count:
      return fmt::format("{} alarm{}{}{} in a minute, usually {}", observed,
                         reason.observed == 1 ? "" : "s",
                         reason.subject.empty() ? "" : " " + quoted, of, usually_a_minute());
    case ReasonKind::alarm_severity:
      return fmt::format("alarm {}{} is {}", quoted, of,
                         name_of(static_cast<Severity>(std::clamp(reason.observed, 0.0, 5.0))));
    case ReasonKind::alarm_cleared:
      return reason.subject.empty() ? fmt::format("alarms{} are cleared", of)
                                    : fmt::format("alarm {}{} is cleared", quoted, of);
    case ReasonKind::event_count:
      return fmt::format("{} {}{} a minute, usually {}", observed, reason.subject, of,
                         usually_a_minute());
    case ReasonKind::silence:
      return fmt::format(
          "no {}{} for {}, usually one every {}", reason.subject, of,
          format_duration(static_cast<Duration>(std::clamp(reason.observed, 0.0, 1e9)) * second),
          format_duration(static_cast<Duration>(std::clamp(reason.expected_high, 0.0, 1e9) * 1e3) *
                          millisecond));
    case ReasonKind::rule: return fmt::format("rule {}", quoted);
    case ReasonKind::peers: return peers_text(reason, of);
    case ReasonKind::value: break;
  }
  return {};
}

std::string reason_text(const AlertReason& reason, const std::string& of) {
  if (reason.kind != ReasonKind::value) return event_text(reason, of);
  const ShownValue shown = show(reason);
  return fmt::format("{}{} is {}, {} {}", reason.subject, of, shown.observed,
                     is_outside(reason) ? "usually" : "unusual within", shown.range);
}

}  // namespace retimu
