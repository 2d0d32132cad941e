// SPDX-License-Identifier: Apache-2.0
// Alarms of other systems among the records of JSON lines and CSV: which fields say that a record
// is one, and what their texts mean. Every record that has a value in the alarm's field is one; 0,
// false, nothing and words for nothing are no value.
#ifndef RETIMU_CONNECTORS_ALARM_FIELDS_HPP
#define RETIMU_CONNECTORS_ALARM_FIELDS_HPP

#include "retimu/connectors/decoder.hpp"

#include <set>

namespace retimu {

// Names of fields; empty: there is none. `alarm` holds the code or name.
struct AlarmFields {
  std::string alarm, severity, state, message;
  bool is_found = false;  // nobody asked for it
};

// The first records of a file.
struct SampleCell {
  std::string text;        // as it stands, without blanks around it; empty: none
  bool is_number = false;  // that would be a reading
};
struct SampleTable {
  std::vector<std::string> names;
  std::vector<std::vector<SampleCell>> rows;  // by record, by field
};

// Whether any of the names is one that alarms have, so that a sample is worth a look.
bool may_have_alarms(const DecoderOptions& options, const std::vector<std::string>& names);

// As the options say; what they do not say is looked for under usual names. Where they name no
// alarm, there are some only if a text under a usual name comes with a severity, all values of both
// are such, and no record with one has a number but in its severity, state, identifiers (id, x_id)
// and the fields of `others` (time, entity, those left out): no reading is lost to what was
// guessed.
AlarmFields find_alarm_fields(const DecoderOptions& options, const SampleTable& sample,
                              const std::vector<std::string>& others);
// "alarms are read from it: field "code" names them, "severity" says how bad they are; with
// format = "csv" they are not"
std::string alarms_note(const AlarmFields& fields, std::string_view format);

// Whether the value of an alarm's field is one.
bool holds_alarm(std::string_view value);
// Why texts cannot be those of an alarm; empty if they can be.
std::string_view reason_of_alarm(std::string_view code, std::string_view text);

// How bad alarms are. A state that says that it is gone makes it cleared; where no severity stands,
// the state's is taken; else, and with a word that is not known, it is indeterminate.
class AlarmSeverities {
 public:
  explicit AlarmSeverities(SeverityOrder order) : order_(order) {}

  // Words that are not known are noted, each once, the first 20 of them.
  Severity read(std::string_view severity, std::string_view state, std::vector<std::string>& notes);

 private:
  void note(std::string_view what, std::string_view word, std::vector<std::string>& notes);

  SeverityOrder order_;
  std::set<std::string, std::less<>> noted_;
};

}  // namespace retimu

#endif
