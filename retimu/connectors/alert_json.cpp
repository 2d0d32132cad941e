// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/alert_json.hpp"

#include "retimu/connectors/json_reader.hpp"

#include <array>
#include <limits>
#include <utility>
#include <vector>

namespace retimu {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr double infinity = std::numeric_limits<double>::infinity();

void read_reasons(JsonReader& from, std::vector<AlertReason>& to) {
  for (const element one : from.list("reasons")) {
    object fields;
    if (one.get(fields) != simdjson::SUCCESS) {
      from.check(false);
      return;
    }
    JsonReader reason(fields);
    const bool is_value = !reason.has("kind");
    const auto kind = is_value ? std::optional(ReasonKind::value)
                               : reason_kind_of(reason.get<std::string_view>("kind"));
    reason.check(kind.has_value());
    to.push_back({reason.text(is_value ? "column" : "subject"), reason.text("unit"),
                  reason.number("observed"), reason.number("expected_low", -infinity),
                  reason.number("expected_high"), reason.number("weight"),
                  kind.value_or(ReasonKind::value)});
    if (reason.has("time")) to.back().time = reason.time("time");
    from.check(reason.is_good());
  }
}

void read_parts(JsonReader& from, std::vector<AlertPart>& to) {
  for (const element one : from.list("modalities")) {
    object fields;
    if (one.get(fields) != simdjson::SUCCESS) {
      from.check(false);
      return;
    }
    JsonReader part(fields);
    to.push_back({part.named("modality", modalities), part.time("time"), part.number("evidence"),
                  part.number("weight")});
    from.check(part.is_good());
  }
}

void read_detectors(JsonReader& from, std::vector<std::string>& to) {
  for (const element one : from.list("detectors")) {
    std::string_view name;
    from.check(one.get(name) == simdjson::SUCCESS);
    to.emplace_back(name);
  }
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
  if (from.has("log10_p")) to.log10_p = from.number("log10_p");
  to.samples = from.number("samples");
  if (from.has("shift")) to.is_shift = from.get<bool>("shift");
  if (from.has("sequence")) to.sequence = from.get<std::uint64_t>("sequence");
  if (from.has("detectors")) read_detectors(from, to.detectors);
  if (from.has("reasons")) read_reasons(from, to.reasons);
  if (from.has("modalities")) read_parts(from, to.parts);
}

}  // namespace

Result<Alert> parse_alert(std::string_view json) {
  simdjson::dom::parser parser;
  object fields;
  Alert alert;
  if (parser.parse(json.data(), json.size()).get(fields) == simdjson::SUCCESS) {
    JsonReader reader(fields);
    read(reader, alert);
    if (reader.is_good()) return alert;
  }
  std::string shown;
  append_json_string(shown, json.substr(0, 120));
  return failure(Fault::input, "not an alert of RETIMU: {}", shown);
}

}  // namespace retimu
