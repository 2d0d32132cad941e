// SPDX-License-Identifier: Apache-2.0
// What the first records of a file of JSON lines say of its fields.
#ifndef RETIMU_CONNECTORS_JSON_LAYOUT_HPP
#define RETIMU_CONNECTORS_JSON_LAYOUT_HPP

#include "retimu/connectors/decoder.hpp"

namespace retimu {

// Paths; empty: there is none.
struct JsonLayout {
  std::string time;     // none: the row's number
  std::string message;  // of log lines and alarms
  std::string level;
  std::string alarm, severity, state;  // with an alarm, records that have one are alarms
  bool has_log_lines = false;          // records with a message, but for alarms, are log lines
  std::vector<std::string> notes;      // on what was found, but not asked for
};

// What the options say, or for the time the first of the usual names under which one stands. Where
// the kind of records may be found, they are those of a log if they have one of the usual names of
// a message and, but for time and entity, no number; alarms: see find_alarm_fields. Fault::usage if
// a name of the options is in no record of the sample, unless nothing in it can be read.
Result<JsonLayout> find_json_layout(const DecoderOptions& options, std::string_view path,
                                    const std::vector<std::string>& sample);

}  // namespace retimu

#endif
