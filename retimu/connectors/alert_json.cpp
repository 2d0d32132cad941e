// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/alert_json.hpp"

#include <simdjson.h>

#include <array>
#include <limits>
#include <utility>
#include <vector>

namespace retimu {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::array changes = {Change::none, Change::raised, Change::updated, Change::resolved,
                                Change::summary};
constexpr std::array severities = {Severity::cleared, Severity::indeterminate, Severity::warning,
                                   Severity::minor,   Severity::major,         Severity::critical};
constexpr std::array modalities = {Modality::metrics, Modality::logs, Modality::alarms,
                                   Modality::sound, Modality::pictures};
constexpr double infinity = std::numeric_limits<double>::infinity();

// Takes keys out of an object and remembers whether all were what they must be.
class Reader {
 public:
  explicit Reader(const object& from) : from_(from) {}
  bool is_good() const { return is_good_; }
  void check(bool condition) { is_good_ = is_good_ && condition; }
  bool has(std::string_view key) const {
    element value;
    return from_[key].get(value) == simdjson::SUCCESS && !value.is_null();
  }

  template <class T>
  T get(std::string_view key) {
    T value{};
    check(from_[key].get(value) == simdjson::SUCCESS);
    return value;
  }
  std::string text(std::string_view key) { return std::string(get<std::string_view>(key)); }
  double number(std::string_view key, double null = infinity) {
    return has(key) ? get<double>(key) : null;
  }
  std::vector<element> list(std::string_view key) {
    simdjson::dom::array found;
    check(from_[key].get(found) == simdjson::SUCCESS);
    return is_good_ ? std::vector<element>(found.begin(), found.end()) : std::vector<element>();
  }
  Time time(std::string_view key) {
    const std::optional<Time> read = parse_iso_time(get<std::string_view>(key));
    check(read.has_value());
    return read.value_or(0);
  }
  // That of `values` whose name stands there.
  template <class T, std::size_t count>
  T named(std::string_view key, const std::array<T, count>& values) {
    const std::string_view name = get<std::string_view>(key);
    for (const T value : values) {
      if (name_of(value) == name) return value;
    }
    check(false);
    return values[0];
  }

 private:
  object from_;
  bool is_good_ = true;
};

void read_reasons(Reader& from, std::vector<AlertReason>& to) {
  for (const element one : from.list("reasons")) {
    object fields;
    if (one.get(fields) != simdjson::SUCCESS) {
      from.check(false);
      return;
    }
    Reader reason(fields);
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

void read_parts(Reader& from, std::vector<AlertPart>& to) {
  for (const element one : from.list("modalities")) {
    object fields;
    if (one.get(fields) != simdjson::SUCCESS) {
      from.check(false);
      return;
    }
    Reader part(fields);
    to.push_back({part.named("modality", modalities), part.time("time"), part.number("evidence"),
                  part.number("weight")});
    from.check(part.is_good());
  }
}

void read_detectors(Reader& from, std::vector<std::string>& to) {
  for (const element one : from.list("detectors")) {
    std::string_view name;
    from.check(one.get(name) == simdjson::SUCCESS);
    to.emplace_back(name);
  }
}

void read(Reader& from, Alert& to) {
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
    Reader reader(fields);
    read(reader, alert);
    if (reader.is_good()) return alert;
  }
  std::string shown;
  append_json_string(shown, json.substr(0, 120));
  return failure(Fault::input, "not an alert of RETIMU: {}", shown);
}

}  // namespace retimu
