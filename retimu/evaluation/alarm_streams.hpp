// SPDX-License-Identifier: Apache-2.0
// Streams of alarms in which it is known which belong to an incident, as the AIT Alert Data Set has
// them (Landauer, Skopik, Wurzenberger, "Introducing a new alert data set for multi-step attack
// analysis", CSET 2024).
#ifndef RETIMU_EVALUATION_ALARM_STREAMS_HPP
#define RETIMU_EVALUATION_ALARM_STREAMS_HPP

#include "retimu/core/batch.hpp"
#include "retimu/core/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace retimu {

// Records are by time, those of one second as they stood in the file.
struct AlarmStream {
  static constexpr std::uint32_t no_phase = UINT32_MAX;
  struct Record {
    std::int64_t seconds;      // since 1970, UTC
    std::uint32_t code, host;  // in `codes`, `hosts`
    std::uint32_t phase_then;  // in `phases`: the phase of an attack that was running; or no_phase
    std::uint32_t phase_itself;  // in `phases`: the phase that the alarm belongs to; or no_phase
  };
  std::string name;  // "fox"
  std::vector<std::string> codes, hosts, phases;
  std::vector<Record> records;

  double days() const;  // from the first to the last record, at least one second
};

// Adds the records as alarms of their hosts, which are the entities; none says how bad it is.
void append_events(const AlarmStream& stream, Batch& to);

// Every NAME_alerts.csv in the folder, or in ait-alerts in it, plain or packed by gzip, by name;
// with the columns time (seconds), name, host, time_label and event_label. Fault::input: none is
// there, a column is missing, a record that is no CSV or too short, or a time that is no whole
// number.
Result<std::vector<AlarmStream>> read_ait_alerts(const std::string& folder);

}  // namespace retimu

#endif
