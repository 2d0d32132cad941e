// SPDX-License-Identifier: Apache-2.0
// `retimu simulate score`: what a pipeline told of a simulated world, compared with its faults.
//
// A fault is found by the first alert or incident that is told while it lasts and names one of its
// entities: an alert by its own, an incident by its first, its causes or one of its alerts. One
// that is told up to five minutes after the end tells of the recovery: it finds nothing and is not
// held against the pipeline. Every other alert is false, and so is every other incident; what
// belongs to a false incident counts with it.
//
// Passed: at least 80 % found, at most one false alert a day for every two entities after the first
// quarter, which has no faults and in which everything is new, and of the faults that several
// entities show at least half with the cause named first.
#ifndef RETIMU_SIMULATOR_WORLD_SCORE_HPP
#define RETIMU_SIMULATOR_WORLD_SCORE_HPP

#include "retimu/core/alert.hpp"
#include "retimu/simulator/labels.hpp"
#include "retimu/simulator/world_labels.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace retimu {

inline constexpr double cause_share_min = 0.5;

struct WorldOutcome {
  WorldLabel label;
  std::optional<Alert> alert{};  // the first that tells of it; none: missed
  Duration delay = 0;            // from the fault's begin to that
  std::size_t incidents = 0;     // different ones that tell of it
  std::size_t alerts = 0;        // raised for it one by one
  std::size_t cause_rank = 0;  // of its cause in its first incident as last told; 0: not among them
};

struct WorldScore {
  std::vector<WorldOutcome> outcomes;  // in order of begin
  std::vector<Alert> false_alerts;     // and incidents, as they were raised
  std::size_t found = 0;
  std::size_t several = 0;         // faults that several entities show, and that were found
  std::size_t told_as_one = 0;     // of them: in one incident
  std::size_t cause_first = 0;     // of them: their cause is the likeliest
  std::size_t cause_in_three = 0;  // or one of the three likeliest
  std::size_t false_at_first = 0;  // of the false alerts: in the first quarter
  double days = 0;                 // of the recording
  // After the first quarter.
  double false_per_day = 0, false_per_day_max = 0;
  bool has_passed = false;
};

// `alerts`: all revisions, in order of telling.
WorldScore score_world(const Recording& recording, std::span<const WorldLabel> labels,
                       std::span<const Alert> alerts);

// Reads labels.csv, recording.csv and alerts.jsonl of the folder.
Result<WorldScore> score_world_folder(const std::string& folder);
// Whether the folder is one of a world, by its labels.
bool is_world_folder(const std::string& folder);

}  // namespace retimu

#endif
