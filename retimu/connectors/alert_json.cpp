// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/alert_json.hpp"

#include <array>
#include <limits>
#include <simdjson.h>

namespace retimu {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

std::optional<std::string> text_of(const object& from, std::string_view key) {
  std::string_view text;
  if (from[key].get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  return std::string(text);
}

std::optional<double> number_of(const object& from, std::string_view key) {
  element value;
  double number = 0;
  if (from[key].get(value) != simdjson::SUCCESS) return std::nullopt;
  if (value.is_null()) return std::numeric_limits<double>::infinity();
  if (value.get_double().get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

template <class T, std::size_t count>
std::optional<T> named(std::string_view name, const std::array<T, count>& values) {
  for (const T value : values) {
    if (name_of(value) == name) return value;
  }
  return std::nullopt;
}

constexpr std::array changes = {Change::none, Change::raised, Change::updated, Change::resolved,
                                Change::summary};
constexpr std::array severities = {Severity::cleared, Severity::indeterminate, Severity::warning,
                                   Severity::minor,   Severity::major,         Severity::critical};

// The parts that must be there; none if one is missing.
std::optional<Alert> read_required(const object& from) {
  const auto id = text_of(from, "id");
  const auto change = text_of(from, "change");
  const auto severity = text_of(from, "severity");
  const auto entity = text_of(from, "entity");
  const auto time = text_of(from, "time");
  const auto onset = text_of(from, "onset");
  const auto lead = text_of(from, "lead");
  const auto sentence = text_of(from, "reason");
  std::uint64_t revision = 0;
  if (from["revision"].get_uint64().get(revision) != simdjson::SUCCESS || revision > UINT32_MAX) {
    return std::nullopt;
  }
  if (!id || !change || !severity || !entity || !time || !onset || !lead || !sentence) {
    return std::nullopt;
  }
  const auto parsed_id = parse_alert_id(*id);
  const auto parsed_change = named(*change, changes);
  const auto parsed_severity = named(*severity, severities);
  const auto parsed_time = parse_iso_time(*time);
  const auto parsed_onset = parse_iso_time(*onset);
  if (!parsed_id || !parsed_change || !parsed_severity || !parsed_time || !parsed_onset) {
    return std::nullopt;
  }
  Alert alert;
  alert.id = *parsed_id;
  alert.revision = static_cast<std::uint32_t>(revision);
  alert.change = *parsed_change;
  alert.severity = *parsed_severity;
  alert.entity = *entity;
  alert.time = *parsed_time;
  alert.onset = *parsed_onset;
  alert.lead = *lead;
  alert.sentence = *sentence;
  return alert;
}

void read_reasons(const object& from, Alert& to) {
  simdjson::dom::array list;
  if (from["reasons"].get_array().get(list) != simdjson::SUCCESS) return;
  for (const element one : list) {
    object reason;
    if (one.get_object().get(reason) != simdjson::SUCCESS) continue;
    to.reasons.push_back({text_of(reason, "column").value_or(""),
                          text_of(reason, "unit").value_or(""),
                          number_of(reason, "observed").value_or(0),
                          number_of(reason, "expected_low").value_or(0),
                          number_of(reason, "expected_high").value_or(0),
                          number_of(reason, "weight").value_or(0)});
  }
}

}  // namespace

Result<Alert> parse_alert(std::string_view json) {
  simdjson::dom::parser parser;
  object from;
  const auto error = parser.parse(json.data(), json.size()).get_object().get(from);
  std::optional<Alert> alert;
  if (error == simdjson::SUCCESS) alert = read_required(from);
  if (!alert) {
    return failure(Fault::input, "not an alert of RETIMU: {}", json.substr(0, 120));
  }
  element log10_p;
  if (from["log10_p"].get(log10_p) == simdjson::SUCCESS && !log10_p.is_null()) {
    alert->log10_p = number_of(from, "log10_p");
  }
  alert->samples = number_of(from, "samples").value_or(0);
  bool is_shift = false;
  if (from["shift"].get_bool().get(is_shift) == simdjson::SUCCESS) alert->is_shift = is_shift;
  std::uint64_t sequence = 0;
  if (from["sequence"].get_uint64().get(sequence) == simdjson::SUCCESS) alert->sequence = sequence;
  simdjson::dom::array detectors;
  if (from["detectors"].get_array().get(detectors) == simdjson::SUCCESS) {
    for (const element one : detectors) {
      std::string_view name;
      if (one.get_string().get(name) == simdjson::SUCCESS) alert->detectors.emplace_back(name);
    }
  }
  read_reasons(from, *alert);
  return std::move(*alert);
}

}  // namespace retimu
