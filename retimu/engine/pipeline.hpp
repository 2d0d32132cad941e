// SPDX-License-Identifier: Apache-2.0
// The judging part of a configuration, built once: immutable algorithms shared by all shards.
#ifndef RETIMU_ENGINE_PIPELINE_HPP
#define RETIMU_ENGINE_PIPELINE_HPP

#include "retimu/core/decision.hpp"
#include "retimu/core/detector.hpp"
#include "retimu/engine/count.hpp"
#include "retimu/engine/maintenance.hpp"
#include "retimu/engine/time_zone.hpp"
#include "retimu/rules/rule_book.hpp"

#include <array>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace retimu {

struct NamedDetector {
  std::string name;
  std::unique_ptr<Detector> detector;
  Modality modality = Modality::metrics;
  std::size_t columns_min = 0;  // of the entities that it judges
  // Whose state it has, which several may share; it lies with the first of them, the keeper.
  std::string state_name;
  std::size_t keeper = 0;
};

struct Pipeline {
  std::uint64_t seed = 0;
  std::vector<NamedDetector> detectors;  // at most detectors_max
  // One for all; its state is one a detector and, where recalibrates(), one for the fused evidence.
  std::unique_ptr<Calibration> calibration;
  std::unique_ptr<Policy> policy;
  std::unique_ptr<RuleBook> rules;    // null or empty: none
  Duration association = 2 * minute;  // what another modality showed within it counts together
  Maintenance maintenance;
  TimeZone zone;                         // of the hours of the day and the week
  double budget_per_day = 0;             // 0: none stated
  double threshold = 0;                  // as stated, decades; 0: by the policy and the detectors
  bool has_own_evidence = false;         // of one of the detectors at least
  std::size_t columns_max = 1'024;       // an entity; what comes beyond is left out and counted
  std::size_t entities_max = 1'000'000;  // in memory; the rest is evicted
  double silence_times = 0;              // of a source, as of detector `silence`; 0: not watched
  bool has_row_times = false;            // event times are numbers of records
  Columns* columns = nullptr;
  std::unordered_map<ColumnId, std::string> units;
  std::vector<ColumnId> counters;  // columns that are judged by their rate, ascending

  // A budget counts on honest tails, so the fused p is calibrated once more; not where evidence of
  // a detector's own goes with it, nor without a budget: a second calibration costs power
  // (benchmarks/decision.cpp).
  bool recalibrates() const { return budget_per_day > 0 && !has_own_evidence; }

  // Modalities that some detector judges, or a rule.
  Modalities judged() const;
  // Some detector looks at what the fleet reads.
  bool compares_peers() const;
  bool keeps_state(std::size_t index) const { return detectors[index].keeper == index; }
  // Of the detectors that share a state, the first that judges entities of so many columns scores
  // and learns. This one is another, and only reads.
  bool reads(std::size_t index, std::size_t of_columns) const;
};

inline constexpr std::size_t detectors_max = 64;

// How often what is pipeline-wide is exchanged, where a budget is stated; event time.
inline constexpr Duration control_interval = 10 * minute;

// And how often what the fleet reads is told, where a detector compares with it; event time.
inline constexpr Duration peers_interval = 10 * second;

// The pieces of an entity's block, which has what belongs to the modalities that the entity has
// sent, in the order they lie there: detectors, their calibrations, then a modality's own.
struct Layout {
  struct Judged {                 // a modality
    std::size_t state = 0;        // ModalityState
    std::size_t calibration = 0;  // of the fused evidence, where the pipeline recalibrates
    std::size_t policy = 0;
  };
  Modalities modalities = 0;
  std::size_t columns = 0, latest = 0, updated = 0;  // offsets from the block's start
  std::size_t changes = 0;
  std::size_t counts = 0;                            // where the pipeline has counters
  std::size_t rules = 0;                             // where it has rules
  std::vector<std::size_t> detectors, calibrations;  // 0: of another modality
  std::array<Judged, modality_count> judged;
  std::size_t name = 0;   // the entity's name follows
  std::size_t bytes = 0;  // without the name
};
Layout make_layout(const Pipeline& pipeline, std::size_t columns, Modalities modalities);

}  // namespace retimu

#endif
