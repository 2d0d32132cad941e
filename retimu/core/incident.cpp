// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/incident.hpp"

#include "retimu/core/json_fields.hpp"

namespace retimu {

namespace {

// `append` writes one element.
template <class T, class Append>
void append_list(std::string& to, std::string_view key, const std::vector<T>& list,
                 const Append& append) {
  append_key(to, key);
  to += '[';
  for (const T& one : list) {
    if (&one != list.data()) to += ',';
    append(one);
  }
  to += ']';
}

void append_change(std::string& to, const SignalChange& change) {
  to += '{';
  append_field(to, "subject", change.subject);
  if (!change.unit.empty()) append_field(to, "unit", change.unit);
  append_field(to, "before", change.before);
  append_field(to, "after", change.after);
  append_field(to, "z", change.z);
  to += '}';
}

void append_cause(std::string& to, const LikelyCause& cause) {
  to += '{';
  append_field(to, "entity", cause.entity);
  append_reason(to, cause.reason);
  append_field(to, "onset", format_time(cause.onset));
  append_field(to, "deviation", cause.deviation);
  append_field(to, "affected", cause.affected);
  if (cause.hops > 0) {
    append_field(to, "hops", cause.hops);
    append_field(to, "nearest", cause.nearest);
  }
  if (!cause.has_alert) {
    append_key(to, "alert");
    to += "false";
  }
  if (!cause.signals.empty()) {
    append_list(to, "changes", cause.signals,
                [&](const SignalChange& change) { append_change(to, change); });
  }
  append_field(to, "score", cause.score);
  append_field(to, "reason", cause.sentence);
  to += '}';
}

}  // namespace

void append_incident(std::string& to, const Incident& incident) {
  const auto append_text = [&](const std::string& text) { append_json_string(to, text); };
  append_field(to, "entities", incident.entities);
  append_list(to, "first", incident.first, append_text);
  append_field(to, "alerts", incident.alerts);
  append_field(to, "open", incident.open);
  append_list(to, "first_alerts", incident.first_alerts,
              [&](AlertId id) { append_json_string(to, to_text(id)); });
  append_list(to, "causes", incident.causes,
              [&](const LikelyCause& cause) { append_cause(to, cause); });
  append_list(to, "hints", incident.hints, append_text);
  if (!incident.signals.empty()) {
    append_list(to, "signals", incident.signals, [&](const AlertReason& signal) {
      to += '{';
      append_reason(to, signal);
      to += '}';
    });
  }
  if (!incident.parts.empty()) append_parts(to, incident.parts);
  if (incident.merged_into) append_field(to, "merged_into", to_text(*incident.merged_into));
}

}  // namespace retimu
