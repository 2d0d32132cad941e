// SPDX-License-Identifier: Apache-2.0
// Every scorer over every series, judged.
#ifndef RETIMU_EVALUATION_EVALUATE_HPP
#define RETIMU_EVALUATION_EVALUATE_HPP

#include "retimu/core/result.hpp"
#include "retimu/engine/configuration.hpp"
#include "retimu/evaluation/judged_set.hpp"
#include "retimu/evaluation/scorer.hpp"

#include <atomic>
#include <functional>
#include <span>
#include <vector>

namespace retimu {

struct EvaluateOptions {
  std::size_t jobs = 1;                     // threads, >= 1
  const std::atomic<bool>* stop = nullptr;  // ends it early with Fault::system
  // Series scored so far by all scorers, of how many; called from one thread at a time.
  std::function<void(std::size_t done, std::size_t all)> progress{};
};

// In the order of the scorers, the same whatever `jobs` is. `set` may be null: no figures of its
// own. The first error of a scorer ends it, with the name of the series.
Result<std::vector<JudgedSet>> evaluate(const SetEntry* set, std::span<const Case> cases,
                                        std::span<const NamedScorer> scorers,
                                        const EvaluateOptions& options);

// The configuration with this detector alone, which keeps the parameters it was given.
Configuration alone(const Configuration& configuration, std::string_view detector);

// "RETIMU" with the configuration as it stands; where it names no detectors and has not the light
// profile itself, "RETIMU light" with that; then each detector of the catalogue alone.
std::vector<NamedScorer> retimu_scorers(const Configuration& configuration);

}  // namespace retimu

#endif
