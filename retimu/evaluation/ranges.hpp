// SPDX-License-Identifier: Apache-2.0
// Range-based precision and recall (Tatbul et al., NeurIPS 2018): how much of each range is
// covered, every place of it counting the same (flat bias), divided by the number of pieces that
// cover it (cardinality 1/x); nothing for mere existence (alpha 0).
#ifndef RETIMU_EVALUATION_RANGES_HPP
#define RETIMU_EVALUATION_RANGES_HPP

#include "retimu/evaluation/points.hpp"

namespace retimu {

std::optional<double> range_recall(Flags labels, Flags flagged);     // none without a labelled row
std::optional<double> range_precision(Flags labels, Flags flagged);  // none if nothing is flagged
// 0 if nothing is flagged; none without a labelled row.
std::optional<double> range_f1(Flags labels, Flags flagged);

}  // namespace retimu

#endif
