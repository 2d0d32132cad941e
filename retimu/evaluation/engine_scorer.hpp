// SPDX-License-Identifier: Apache-2.0
// RETIMU itself as a scorer: the engine of `retimu detect` over a series, which is one entity.
#ifndef RETIMU_EVALUATION_ENGINE_SCORER_HPP
#define RETIMU_EVALUATION_ENGINE_SCORER_HPP

#include "retimu/engine/configuration.hpp"
#include "retimu/evaluation/scorer.hpp"

namespace retimu {

// Row by row what `retimu detect --train TRAIN FILE --config ...` writes in scores.csv, to the last
// bit (of the score: s / (s + 4), 0 without a p-value). Of the configuration only what judges is
// used, with the columns that [columns] ignores: no source, sink or data_dir. A row without any
// number gives no event to learn from, but has its scores. Fault::usage from the configuration,
// Fault::input if a column has no name or that of another.
std::unique_ptr<Scorer> make_engine_scorer(const Configuration& configuration);

}  // namespace retimu

#endif
