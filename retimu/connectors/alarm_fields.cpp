// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/alarm_fields.hpp"

#include "retimu/connectors/csv_text.hpp"

#include <algorithm>

namespace retimu {

namespace {

// In this order, whatever their case; with a / those of an object within the record.
constexpr std::string_view alarm_names[] = {
    "alarm_code",      "alarmcode",       "alarm_name",     "alarmname",     "alarm_type",
    "alarmtype",       "alert_name",      "alertname",      "alert_code",    "alert_type",
    "alarm",           "alert",           "probable_cause", "probablecause", "specific_problem",
    "specificproblem", "labels/alertname"};
constexpr std::string_view severity_names[] = {
    "severity",       "perceived_severity", "perceivedseverity", "alarm_severity", "alarmseverity",
    "alert_severity", "alertseverity",      "labels/severity",   "level"};
constexpr std::string_view state_names[] = {"state",        "status",      "alarm_state",
                                            "alarm_status", "alert_state", "alert_status"};
constexpr std::string_view text_names[] = {
    "additional_text",     "additionaltext",         "alarm_text", "description", "summary",
    "annotations/summary", "annotations/description"};

class Sample {
 public:
  explicit Sample(const SampleTable& table) : table_(table) {}

  // The field under the first of the names whose values fit.
  template <class Fits>
  std::string find(std::span<const std::string_view> usual_names, const Fits& fits) const {
    for (const std::string_view usual : usual_names) {
      for (std::size_t i = 0; i < table_.names.size(); ++i) {
        if (equals_ignoring_case(table_.names[i], usual) && fits(i)) return table_.names[i];
      }
    }
    return {};
  }
  // There is a value, and all are such.
  template <class Is>
  bool all(std::size_t field, const Is& is) const {
    bool has_any = false;
    for (const std::vector<SampleCell>& row : table_.rows) {
      if (field >= row.size() || row[field].text.empty()) continue;
      if (!is(row[field])) return false;
      has_any = true;
    }
    return has_any;
  }
  // No record with a value in the field has a number but in these fields.
  bool loses_nothing(const std::string& alarm, const std::vector<std::string>& others) const {
    const std::size_t at = place(alarm);
    for (const std::vector<SampleCell>& row : table_.rows) {
      if (at >= row.size() || !holds_alarm(row[at].text)) continue;
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i].is_number && !is_identifier(table_.names[i]) &&
            std::ranges::count(others, table_.names[i]) == 0) {
          return false;
        }
      }
    }
    return true;
  }

 private:
  std::size_t place(const std::string& name) const {
    return static_cast<std::size_t>(std::ranges::find(table_.names, name) - table_.names.begin());
  }
  static bool is_identifier(std::string_view name) {
    return equals_ignoring_case(name, "id") || name.ends_with("_id") || name.ends_with("Id") ||
           name.ends_with("/id");
  }

  const SampleTable& table_;
};

bool is_text(const SampleCell& cell) { return !cell.is_number; }
bool is_severity(const SampleCell& cell) { return read_severity(cell.text).has_value(); }
bool is_state(const SampleCell& cell) { return read_is_raised(cell.text).has_value(); }

}  // namespace

bool may_have_alarms(const DecoderOptions& options, const std::vector<std::string>& names) {
  if (!options.alarm.empty()) return true;
  return options.may_find_kind && std::ranges::any_of(names, [](const std::string& name) {
           return std::ranges::any_of(alarm_names, [&](std::string_view usual) {
             return equals_ignoring_case(name, usual);
           });
         });
}

AlarmFields find_alarm_fields(const DecoderOptions& options, const SampleTable& sample,
                              const std::vector<std::string>& others) {
  const Sample look(sample);
  const auto all = [&](auto is) { return [&look, is](std::size_t i) { return look.all(i, is); }; };
  const auto any = [](std::size_t) { return true; };
  AlarmFields fields{options.alarm, options.severity, options.state, options.message};
  fields.is_found = options.alarm.empty();
  if (fields.is_found) fields.alarm = look.find(alarm_names, all(is_text));
  if (fields.alarm.empty()) return {};
  if (fields.severity.empty()) {
    fields.severity = fields.is_found ? look.find(severity_names, all(is_severity))
                                      : look.find(severity_names, any);
  }
  if (fields.state.empty()) fields.state = look.find(state_names, all(is_state));
  if (fields.is_found) {
    std::vector<std::string> known = others;
    known.push_back(fields.severity);
    known.push_back(fields.state);
    if (fields.severity.empty() || !look.loses_nothing(fields.alarm, known)) return {};
  }
  if (fields.message.empty()) fields.message = look.find(usual_message_names(), all(is_text));
  if (fields.message.empty()) fields.message = look.find(text_names, all(is_text));
  return fields;
}

std::string alarms_note(const AlarmFields& fields, std::string_view format) {
  return fmt::format(
      "alarms are read from it: field \"{}\" names them, \"{}\" says how bad they are; with format "
      "= \"{}\" they are not",
      fields.alarm, fields.severity, format);
}

bool holds_alarm(std::string_view value) {
  double number = 0;
  const CsvValue kind = read_csv_value(value, ',', number);
  return kind == CsvValue::text || (kind == CsvValue::number && number != 0);
}

std::string_view reason_of_alarm(std::string_view code, std::string_view text) {
  const bool has_zero =
      code.find('\0') != std::string_view::npos || text.find('\0') != std::string_view::npos;
  return has_zero ? "has a zero byte" : std::string_view();
}

Severity AlarmSeverities::read(std::string_view severity, std::string_view state,
                               std::vector<std::string>& notes) {
  severity = trim(severity);
  state = trim(state);
  if (!state.empty()) {
    const std::optional<bool> is_raised = read_is_raised(state);
    if (is_raised && !*is_raised) return Severity::cleared;
    if (!is_raised) note("state", state, notes);
    if (severity.empty()) return read_severity(state, order_).value_or(Severity::indeterminate);
  }
  if (severity.empty()) return Severity::indeterminate;
  const std::optional<Severity> known = read_severity(severity, order_);
  if (!known) note("severity", severity, notes);
  return known.value_or(Severity::indeterminate);
}

void AlarmSeverities::note(std::string_view what, std::string_view word,
                           std::vector<std::string>& notes) {
  constexpr std::size_t words_max = 20, word_bytes_max = 100;
  word = word.substr(0, word_bytes_max);
  if (noted_.size() >= words_max || notes.size() >= notes_max || noted_.contains(word)) return;
  noted_.emplace(word);
  if (what == "state") {
    notes.push_back(fmt::format("state \"{}\" is not known: alarms with it count as raised", word));
    return;
  }
  const std::string_view near = nearest_severity(word);
  notes.push_back(fmt::format("severity \"{}\" is not known and counts as indeterminate{}", word,
                              near.empty() ? "" : fmt::format(", did you mean \"{}\"?", near)));
}

}  // namespace retimu
