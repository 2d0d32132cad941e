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
};

struct NamedScorer {
  std::string name;  // row of the table: "random", "RETIMU", "half_space_trees"
  std::unique_ptr<Scorer> scorer;
};

}  // namespace retimu

#endif
