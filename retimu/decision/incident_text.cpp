// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/incident_text.hpp"

#include "retimu/core/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

constexpr std::size_t entities_named = 4;
constexpr std::size_t subject_bytes_max = 120;

std::string cut(std::string_view text) {
  std::size_t bytes = 0;
  while (bytes < text.size() && bytes < subject_bytes_max) {
    bytes += std::max<std::size_t>(utf8_length(text.substr(bytes)), 1);
  }
  return bytes < text.size() ? std::string(text.substr(0, bytes)) + "…" : std::string(text);
}

// As many decimals as the usual range has any use for; whole numbers have none.
std::string number(const AlertReason& reason, double value) {
  constexpr double whole_max = 1e7;
  const double low = reason.expected_low, high = reason.expected_high;
  const double width = high > low ? high - low : std::max(std::fabs(low), std::fabs(value));
  if (!(std::fabs(value) < whole_max) || !(width > 0) || width > whole_max) {
    return fmt::format("{:.4g}", value);
  }
  const auto is_whole = [](double one) { return one == std::floor(one); };
  const bool has_decimals = !is_whole(reason.observed) || !is_whole(low) || !is_whole(high);
  int decimals = 0;
  for (double unit = width; has_decimals && unit < 10 && decimals < 6; unit *= 10) ++decimals;
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.starts_with('-') && text.find_first_not_of("-0.") == std::string::npos) text.erase(0, 1);
  return text;
}

std::string observed(const AlertReason& reason) {
  const std::string text = number(reason, reason.observed);
  return reason.unit.empty() ? text : fmt::format("{} {}", text, reason.unit);
}

std::string usual(const AlertReason& reason) {
  const std::string low = number(reason, reason.expected_low);
  const std::string high = number(reason, reason.expected_high);
  return low == high ? "usually " + low : fmt::format("usually {} to {}", low, high);
}

std::string what_of(const LikelyCause& cause) {
  const AlertReason& reason = cause.reason;
  const std::string subject = cut(reason.subject);
  switch (reason.kind) {
    case ReasonKind::value:
      return fmt::format("{} of {} is {}, {}", subject, cause.entity, observed(reason),
                         usual(reason));
    case ReasonKind::silence:
      return subject.empty() ? fmt::format("{} sends nothing", cause.entity)
                             : fmt::format("{} of {} is not sent", subject, cause.entity);
    case ReasonKind::new_message:
      return fmt::format("{} says for the first time: {}", cause.entity, subject);
    case ReasonKind::message_count:
      return fmt::format("{} says {} times a minute, {}: {}", cause.entity,
                         number(reason, reason.observed), usual(reason), subject);
    case ReasonKind::message_order:
      return fmt::format("{} says out of order: {}", cause.entity, subject);
    case ReasonKind::rare_alarm: return fmt::format("rare alarm of {}: {}", cause.entity, subject);
    case ReasonKind::alarm_severity:
      return fmt::format("alarm of {} with severity {:.0f}: {}", cause.entity, reason.observed,
                         subject);
    case ReasonKind::rule: return fmt::format("rule {} is true of {}", subject, cause.entity);
    default: {
      std::string kind(name_of(reason.kind));
      std::ranges::replace(kind, '_', ' ');
      return fmt::format("{} of {} {} is {}, {}", kind, cause.entity, subject, observed(reason),
                         usual(reason));
    }
  }
}

bool has_no_alert(const LikelyCause& cause) {
  return cause.reason.kind == ReasonKind::silence && cause.reason.observed == 0;
}

std::string list_of(const std::vector<std::string>& names, std::uint64_t count) {
  std::string text = "first " + names.front();
  const std::size_t named = std::min(names.size(), entities_named);
  for (std::size_t i = 1; i < named; ++i) text += (i == 1 ? ", then " : ", ") + names[i];
  if (count > named) text += fmt::format(" and {} more", count - named);
  return text;
}

}  // namespace

std::string cause_sentence(const LikelyCause& cause, Time onset) {
  const std::string fed =
      cause.affected > 0 ? fmt::format("feeds {} of them", cause.affected) : std::string();
  if (has_no_alert(cause)) return fmt::format("{}, which has no alert, {}", cause.entity, fed);
  std::string text = what_of(cause);
  std::string why = cause.onset <= onset ? "first" : "";
  if (!fed.empty()) why += (why.empty() ? "" : ", ") + fed;
  return why.empty() ? text : fmt::format("{} ({})", text, why);
}

std::string incident_sentence(const Incident& incident, bool is_over) {
  std::string text =
      fmt::format("{} entities {} alerts", incident.entities, is_over ? "had" : "have");
  if (!incident.first.empty()) text += ": " + list_of(incident.first, incident.entities);
  if (!incident.hints.empty()) text += fmt::format("; {}", fmt::join(incident.hints, ", "));
  if (!incident.causes.empty()) text += "; likely cause: " + incident.causes.front().sentence;
  return text;
}

}  // namespace retimu
