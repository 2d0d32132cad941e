// SPDX-License-Identifier: Apache-2.0
// `retimu simulate score` of simulated readings: what a pipeline told, compared with the faults
// that were injected.
//
// A fault is found if an alert of its entity that names one of its columns is raised while it lasts
// (a level shift: within an hour). Such an alert up to five minutes after the end tells of the
// recovery: it finds nothing and is not held against the pipeline. Every other raised alert is
// false, also one that names only healthy columns of a faulty entity. Passed: at least 80 % found,
// and at most one false alert a day for every two entities.
#ifndef RETIMU_SIMULATOR_SCORE_HPP
#define RETIMU_SIMULATOR_SCORE_HPP

#include "retimu/core/alert.hpp"
#include "retimu/simulator/labels.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace retimu {

inline constexpr Duration shift_told_within = hour, recovery_told_within = 5 * minute;
inline constexpr double found_share_min = 0.8;
inline constexpr double false_per_entity_day_max = 0.5;

struct FaultOutcome {
  FaultLabel label;
  std::optional<Alert> alert{};  // the first that was raised for it; none: missed
  Duration delay = 0;            // from the fault's begin to that alert
  std::size_t again = 0;         // further alerts raised for it or its recovery, count
};

struct FaultScore {
  std::vector<FaultOutcome> outcomes;  // in order of begin
  std::vector<Alert> false_alerts;
  std::size_t found = 0, unresolved = 0;  // counts; unresolved: alerts still open at the end
  double days = 0;
  double false_per_day = 0, false_per_day_max = 0;
  bool has_passed = false;
};

// `alerts`: all revisions, in order of telling.
FaultScore score_faults(const Recording& recording, std::span<const FaultLabel> labels,
                        std::span<const Alert> alerts);

// Reads labels.csv, recording.csv and alerts.jsonl of the folder.
Result<FaultScore> score_folder(const std::string& folder);

// recording.csv and alerts.jsonl of a folder: all revisions, in order of telling.
Result<Recording> read_recording(const std::string& folder);
Result<std::vector<Alert>> read_told(const std::string& folder);

}  // namespace retimu

#endif
