// SPDX-License-Identifier: Apache-2.0
// Scores and labels that lie in files, of whatever detector.
#ifndef RETIMU_EVALUATION_SCORE_FILE_HPP
#define RETIMU_EVALUATION_SCORE_FILE_HPP

#include "retimu/core/result.hpp"
#include "retimu/evaluation/series.hpp"

#include <string>

namespace retimu {

struct ScoredCase {
  Case one;
  Scores scores;
};

// `scores`: CSV with a header and a column `score`; `anomalous`, `alert` and `change` where it has
// all three, and `time` (ISO-8601; else a row lasts a second), as `retimu detect --output` writes
// it. `labels`: CSV with a column `label`, or one column alone, 0 or 1; as many rows. Both may be
// packed by gzip. Fault::input names the file, and the row where it can.
Result<ScoredCase> read_scored(const std::string& scores, const std::string& labels);

}  // namespace retimu

#endif
