// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/sentence.hpp"

#include "retimu/core/reason_text.hpp"

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

std::string moment_of(Time time, Time now, TimeTold told) {
  return told == TimeTold::row ? row_text(time) : clock_of(time, now);
}

std::string span_of(Duration duration, TimeTold told) {
  if (told == TimeTold::clock) return format_duration(duration);
  return fmt::format("{} row{}", duration / second, duration / second == 1 ? "" : "s");
}

// ", 8 s after latency was 95 ms, usually 3 to 12".
std::string companions(const Alert& alert, TimeTold told) {
  std::string text;
  for (const AlertReason& reason : alert.reasons) {
    if (!reason.time) continue;
    std::string what = event_text(reason, {});
    if (reason.kind == ReasonKind::value) {
      const ShownValue shown = show(reason);
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
  if (reason.kind != ReasonKind::value) return event_text(reason, of_entity(alert));
  const ShownValue shown = show(reason);
  return fmt::format("{}{} {} {}, {} {}", reason.subject, of_entity(alert), verb, shown.observed,
                     usually, shown.range);
}

std::string others(const Alert& alert) {
  std::string text;
  for (std::size_t i = 1; i < std::min(alert.reasons.size(), columns_told); ++i) {
    const AlertReason& reason = alert.reasons[i];
    if (reason.time) continue;
    if (reason.kind != ReasonKind::value) {
      text += fmt::format("{}{}", text.empty() ? "; also " : ", ", event_text(reason, {}));
      continue;
    }
    if (!is_outside(reason)) continue;
    const ShownValue shown = show(reason);
    text += fmt::format("{}{} {} ({})", text.empty() ? "; also " : ", ", reason.subject,
                        shown.observed, shown.range);
  }
  return text;
}

std::string entity_or_input(const Alert& alert) {
  return alert.entity == "input" ? std::string("the input") : alert.entity;
}

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

// A value that stands still is told so, whatever its range: empty for other alerts.
std::string stuck_sentence(const Alert& alert, TimeTold told) {
  if (alert.lead != "stuck_at" || alert.reasons.empty()) return {};
  const AlertReason& first = alert.reasons.front();
  if (first.kind != ReasonKind::value) return {};
  const std::string since = moment_of(alert.onset, alert.time, told);
  if (alert.change == Change::resolved) {
    if (!alert.is_shift) return {};  // back to usual, as others are
    const Duration lasting = std::max<Duration>(alert.ended.value_or(alert.time) - alert.onset, 0);
    return fmt::format(
        "{} is as usual again, or what it does is usual now, after {}; it was "
        "noticed at {} that {} did not change",
        entity_or_input(alert), span_of(lasting / second * second, told), since, first.subject);
  }
  const std::string value = with_unit(format_value(first.observed, 0), first.unit);
  return fmt::format("{}{} has not changed from {}, unusually long{}{}, noticed at {}{}",
                     first.subject, of_entity(alert), value, others(alert), companions(alert, told),
                     since, alert.is_shift ? ", and is being learned" : "");
}

}  // namespace

std::string make_sentence(const Alert& alert, TimeTold told) {
  if (!alert.reasons.empty() && alert.reasons.front().kind == ReasonKind::rule) {
    return rule_sentence(alert, told);
  }
  if (std::string stuck = stuck_sentence(alert, told); !stuck.empty()) return stuck;
  const std::string since = moment_of(alert.onset, alert.time, told);
  if (alert.change == Change::resolved) {
    const Duration lasting = std::max<Duration>(alert.ended.value_or(alert.time) - alert.onset, 0);
    const std::string lasted = span_of(lasting / second * second, told);
    if (alert.is_shift && !alert.reasons.empty()) {
      return fmt::format("{} is steady at its new level after {}, the change began at {}",
                         entity_or_input(alert), lasted, since);
    }
    if (!alert.reasons.empty() && alert.reasons.front().kind == ReasonKind::alarm_cleared) {
      return fmt::format("{} after {}, it began at {}",
                         event_text(alert.reasons.front(), of_entity(alert)), lasted, since);
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
  const ShownValue shown = show(first);
  return fmt::format(
      "{} behaves unusually: {} is {}, within its range {}, but not as usual{}, since {}",
      entity_or_input(alert), first.subject, shown.observed, shown.range, companions(alert, told),
      since);
}

}  // namespace retimu
