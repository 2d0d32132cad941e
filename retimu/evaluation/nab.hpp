// SPDX-License-Identifier: Apache-2.0
// The score of the Numenta Anomaly Benchmark (Lavin and Ahmad, ICMLA 2015) for a whole corpus, as
// its version 1.1 computes it: 100 finds every window in its first row and nothing else, 0 finds
// nothing.
#ifndef RETIMU_EVALUATION_NAB_HPP
#define RETIMU_EVALUATION_NAB_HPP

#include "retimu/evaluation/sets.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace retimu {

// The weights are positive; they count against a detector where they stand for what is false.
struct NabProfile {
  std::string_view name;
  double true_positive, false_positive, false_negative;
};
// standard, low_fp (reward_low_FP_rate) and low_fn (reward_low_FN_rate).
std::span<const NabProfile> nab_profiles();

struct NabBest {
  double threshold = 0;         // rows of at least this score are detections; +inf: none
  std::optional<double> score;  // none if no window has a row that counts
};

// With the single threshold over the corpus that is best for the profile; the highest of equal
// ones. O(n log n) in the rows of the corpus.
NabBest nab_best(std::span<const Case> cases, std::span<const Scores> scores,
                 const NabProfile& profile);

// With these detections: one flag a row, 0 or 1, of each case.
std::optional<double> nab_at(std::span<const Case> cases,
                             std::span<const std::span<const std::uint8_t>> flags,
                             const NabProfile& profile);

// nab_* with the best threshold, then nab_alert_* and nab_anomalous_* with what the scorer decided.
std::vector<Figure> nab_figures(std::span<const Case> cases, std::span<const Scores> scores);

}  // namespace retimu

#endif
