// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/incident_text.hpp"

#include "retimu/core/reason_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace retimu {

namespace {

constexpr std::size_t entities_named = 4, signals_told = 4;

bool is_unknown(const LikelyCause& cause) { return !cause.has_alert && cause.signals.empty(); }

// "feeds 3 of the 4 others, 1 hop from db2", "feeds db2, 1 hop away".
std::string feeding(const LikelyCause& cause, std::uint64_t others) {
  if (cause.affected == 0) return {};
  const std::string_view unit = cause.hops == 1 ? "hop" : "hops";
  if (cause.affected == 1) {
    return fmt::format("feeds {}, {} {} away", cause.nearest, cause.hops, unit);
  }
  const std::string share = cause.affected == others
                                ? fmt::format("all {}", others)
                                : fmt::format("{} of the {} others", cause.affected, others);
  return fmt::format("feeds {}, {} {} from {}", share, cause.hops, unit, cause.nearest);
}

// That of another signal than the reason's, where it is as strange or more.
const SignalChange* change_beside(const LikelyCause& cause) {
  if (cause.signals.empty() || cause.signals.front().subject == cause.reason.subject)
    return nullptr;
  return &cause.signals.front();
}

// "cpu went from 12 to 96 %".
std::string change_text(const SignalChange& change) {
  const double scale = std::fabs(change.after - change.before);
  return fmt::format("{} went from {} to {}", change.subject, format_value(change.before, scale),
                     with_unit(format_value(change.after, scale), change.unit));
}

std::string list_of(const std::vector<std::string>& names, std::uint64_t count) {
  std::string text = "first " + names.front();
  const std::size_t named = std::min(names.size(), entities_named);
  for (std::size_t i = 1; i < named; ++i) text += (i == 1 ? ", then " : ", ") + names[i];
  if (count > named) text += fmt::format(" and {} more", count - named);
  return text;
}

// Of what kind a signal is: of each one is shown, before the rest.
int source_of(ReasonKind kind) {
  switch (kind) {
    case ReasonKind::new_message:
    case ReasonKind::message_count:
    case ReasonKind::message_value:
    case ReasonKind::message_order:
    case ReasonKind::level_share: return 1;
    case ReasonKind::rare_alarm:
    case ReasonKind::alarm_count:
    case ReasonKind::alarm_severity: return 2;
    default: return 0;
  }
}

std::vector<const AlertReason*> first_of_each_source(const std::vector<AlertReason>& signals) {
  std::vector<const AlertReason*> chosen;
  for (const AlertReason& signal : signals) {
    const bool is_there = std::ranges::any_of(chosen, [&](const AlertReason* other) {
      return source_of(other->kind) == source_of(signal.kind);
    });
    if (!is_there) chosen.push_back(&signal);
  }
  for (const AlertReason& signal : signals) {
    if (chosen.size() >= signals_told) break;
    if (std::ranges::find(chosen, &signal) == chosen.end()) chosen.push_back(&signal);
  }
  return chosen;
}

// Of one entity: "server3: packet loss, severity 5 alarm; packet_loss is 9.1 %, usually 0.1 to 0.3;
// alarm "link degraded" is critical".
std::string story(const Incident& incident, bool is_over) {
  std::string text = incident.first.empty() ? std::string("one entity") : incident.first.front();
  text += is_over ? " had: " : ": ";
  text += fmt::format("{}", fmt::join(incident.hints, ", "));
  for (const AlertReason* signal : first_of_each_source(incident.signals)) {
    if (!text.ends_with(": ")) text += "; ";
    text += reason_text(*signal, {});
  }
  return text;
}

}  // namespace

std::string cause_sentence(const LikelyCause& cause, Time onset, std::uint64_t others) {
  const std::string fed = feeding(cause, others);
  if (is_unknown(cause)) return fmt::format("{}, which has no alert, {}", cause.entity, fed);
  std::vector<std::string> why;
  if (!cause.has_alert) why.emplace_back("no alert");
  if (cause.onset <= onset) why.emplace_back("first");
  if (!fed.empty()) why.push_back(fed);
  if (const SignalChange* change = change_beside(cause)) why.push_back(change_text(*change));
  const std::string text = reason_text(cause.reason, " of " + cause.entity);
  return why.empty() ? text : fmt::format("{} ({})", text, fmt::join(why, ", "));
}

std::string merged_sentence(const std::string& entity, const std::string& into) {
  return fmt::format("that of {} is part of that of {}", entity, into);
}

std::string incident_sentence(const Incident& incident, bool is_over) {
  if (incident.entities == 1) return story(incident, is_over);
  std::string text =
      fmt::format("{} entities {} alerts", incident.entities, is_over ? "had" : "have");
  if (!incident.first.empty()) text += ": " + list_of(incident.first, incident.entities);
  if (!incident.hints.empty()) text += fmt::format("; {}", fmt::join(incident.hints, ", "));
  if (!incident.causes.empty()) text += "; likely cause: " + incident.causes.front().sentence;
  return text;
}

}  // namespace retimu
