// SPDX-License-Identifier: Apache-2.0
// A way to score a series. Fits on the train rows, then scores each row with what lies before it
// (references that are fitted once, like a batch isolation forest, say so).
#ifndef RETIMU_EVALUATION_SCORER_HPP
#define RETIMU_EVALUATION_SCORER_HPP

#include "retimu/core/result.hpp"
#include "retimu/evaluation/series.hpp"

#include <memory>
#include <string>
#include <vector>

namespace retimu {

class Scorer {
 public:
  virtual ~Scorer() = default;
  // Scores for every row of series.rows. Thread-safe; the same bits for the same series.
  virtual Result<Scores> score(const Series& series) const = 0;
  // What the explanations of a span's rows add up to for each column. In hindsight, for spans come
  // of the labels: scores the series anew. Empty: it explains nothing.
  virtual Result<std::vector<ColumnWeights>> explain(const Series& /*series*/,
                                                     const std::vector<Span>& /*spans*/) const {
    return std::vector<ColumnWeights>{};
  }
};

struct NamedScorer {
  std::string name;  // row of the table: "random", "RETIMU", "half_space_trees"
  std::unique_ptr<Scorer> scorer;
};

}  // namespace retimu

#endif
