// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/alert_json.hpp"

#include "retimu/connectors/json_reader.hpp"
#include "retimu/core/incident.hpp"

#include <array>
#include <limits>
#include <utility>
#include <vector>

namespace retimu {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr double infinity = std::numeric_limits<double>::infinity();

AlertReason read_reason(JsonReader& from) {
  const bool is_value = !from.has("kind");
  const auto kind = is_value ? std::optional(ReasonKind::value)
                             : reason_kind_of(from.get<std::string_view>("kind"));
  from.check(kind.has_value());
  AlertReason reason{from.text(is_value ? "column" : "subject"),
                     from.text("unit"),
                     from.number("observed"),
                     from.number("expected_low", -infinity),
                     from.number("expected_high"),
                     from.number("weight"),
                     kind.value_or(ReasonKind::value)};
  if (from.has("time")) reason.time = from.time("time");
  if (from.has("peers")) {
    const auto peers = from.get<std::uint64_t>("peers");
    from.check(peers <= UINT32_MAX);
    reason.peers = static_cast<std::uint32_t>(peers);
  }
  return reason;
}

// The objects of a list, each read by `read`.
template <class T, class Read>
void read_objects(JsonReader& from, std::string_view key, std::vector<T>& to, const Read& read) {
  for (const element one : from.list(key)) {
    object fields;
    if (one.get(fields) != simdjson::SUCCESS) {
      from.check(false);
      return;
    }
    JsonReader reader(fields);
    to.push_back(read(reader));
    from.check(reader.is_good());
  }
}

AlertPart read_part(JsonReader& from) {
  return {from.named("modality", modalities), from.time("time"), from.number("evidence"),
          from.number("weight")};
}

void read_texts(JsonReader& from, std::string_view key, std::vector<std::string>& to) {
  for (const element one : from.list(key)) {
    std::string_view text;
    from.check(one.get(text) == simdjson::SUCCESS);
    to.emplace_back(text);
  }
}

SignalChange read_change(JsonReader& from) {
  SignalChange change{
      from.text("subject"), {}, from.number("before"), from.number("after"), from.number("z")};
  if (from.has("unit")) change.unit = from.text("unit");
  return change;
}

LikelyCause read_cause(JsonReader& from) {
  LikelyCause cause;
  cause.entity = from.text("entity");
  cause.reason = read_reason(from);
  cause.onset = from.time("onset");
  cause.deviation = from.number("deviation");
  cause.affected = from.get<std::uint64_t>("affected");
  if (from.has("hops")) {
    cause.hops = from.get<std::uint64_t>("hops");
    cause.nearest = from.text("nearest");
  }
  if (from.has("alert")) cause.has_alert = from.get<bool>("alert");
  if (from.has("changes")) read_objects(from, "changes", cause.signals, read_change);
  cause.score = from.number("score");
  cause.sentence = from.text("reason");
  return cause;
}

Incident read_incident(JsonReader& from) {
  Incident incident;
  incident.entities = from.get<std::uint64_t>("entities");
  read_texts(from, "first", incident.first);
  incident.alerts = from.get<std::uint64_t>("alerts");
  incident.open = from.get<std::uint64_t>("open");
  std::vector<std::string> ids;
  read_texts(from, "first_alerts", ids);
  for (const std::string& text : ids) {
    const std::optional<AlertId> id = parse_alert_id(text);
    from.check(id.has_value());
    incident.first_alerts.push_back(id.value_or(AlertId()));
  }
  read_objects(from, "causes", incident.causes, read_cause);
  read_texts(from, "hints", incident.hints);
  if (from.has("signals")) read_objects(from, "signals", incident.signals, read_reason);
  if (from.has("modalities")) read_objects(from, "modalities", incident.parts, read_part);
  if (from.has("merged_into")) {
    incident.merged_into = parse_alert_id(from.get<std::string_view>("merged_into"));
    from.check(incident.merged_into.has_value());
  }
  return incident;
}

void read(JsonReader& from, Alert& to) {
  const std::optional<AlertId> id = parse_alert_id(from.get<std::string_view>("id"));
  from.check(id.has_value());
  to.id = id.value_or(AlertId());
  const auto revision = from.get<std::uint64_t>("revision");
  from.check(revision <= UINT32_MAX);
  to.revision = static_cast<std::uint32_t>(revision);
  to.change = from.named("change", changes);
  to.entity = from.text("entity");
  to.time = from.time("time");
  to.onset = from.time("onset");
  if (from.has("ended")) to.ended = from.time("ended");
  to.severity = from.named("severity", severities);
  to.lead = from.text("lead");
  to.sentence = from.text("reason");
  if (from.has("sequence")) to.sequence = from.get<std::uint64_t>("sequence");
  if (from.has("stale")) to.is_stale = from.get<bool>("stale");
  if (from.has("kind")) {
    from.check(from.get<std::string_view>("kind") == incident_kind);
    to.incident = std::make_shared<const Incident>(read_incident(from));
    return;
  }
  if (from.has("log10_p")) to.log10_p = from.number("log10_p");
  to.samples = from.number("samples");
  if (from.has("shift")) to.is_shift = from.get<bool>("shift");
  if (from.has("detectors")) read_texts(from, "detectors", to.detectors);
  if (from.has("reasons")) read_objects(from, "reasons", to.reasons, read_reason);
  if (from.has("modalities")) read_objects(from, "modalities", to.parts, read_part);
  if (from.has("told_by")) {
    to.told_by = parse_alert_id(from.get<std::string_view>("told_by"));
    from.check(to.told_by.has_value());
  }
}

}  // namespace

Result<Alert> parse_alert(std::string_view json) {
  simdjson::dom::parser parser;
  object fields;
  Alert alert;
  if (!json.empty() && parser.parse(json.data(), json.size()).get(fields) == simdjson::SUCCESS) {
    JsonReader reader(fields);
    read(reader, alert);
    if (reader.is_good()) return alert;
  }
  std::string shown;
  append_json_string(shown, json.substr(0, 120));
  return failure(Fault::input, "not an alert of RETIMU: {}", shown);
}

}  // namespace retimu
