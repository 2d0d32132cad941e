// SPDX-License-Identifier: Apache-2.0
// How far does a row lie from the usual, in the metric of its columns' correlation? Columns that
// usually go together and now part are far apart, though each by itself is as usual. Mahalanobis,
// "On the generalised distance in statistics", 1936; as a control chart: Hotelling 1947. It is the
// part of linear_prediction that does not look back, read from the same state: beside it, a row is
// learned once, and the distance costs almost nothing.
//
// With z the row in usual deviations and R their correlation, shrunk towards the identity by a
// hundredth, T^2 = z' R^-1 z, by the model of now and by a snapshot of the past. Score: the mean of
// log(1 + T^2 / columns / 10) over the two; rows rank by that smoothed over about 10 rows.
// - Untrained: the first 128 rows start it, then it learns from rows while linear_prediction calls
//   them calm, but never refuses for more than 500 rows.
// - Trained (at least 128 rows): it learns from the training rows alone and stays as it is.
//
// Missing columns: the last value. Starts anew when a column is added. Abstains for the first 128
// rows, and for an entity of one column or more than 1024; above 64 they are judged in blocks.
// Cost a row and memory: those of linear_prediction, alone; beside it 0.1 us and none. Blind to:
// order in time, lags between columns (see linear_prediction), nonlinear relations, small changes
// that last (see mewma), drift slower than it learns, what columns of different blocks do together.
#ifndef RETIMU_DETECTORS_MAHALANOBIS_HPP
#define RETIMU_DETECTORS_MAHALANOBIS_HPP

#include "retimu/detectors/linear_detector.hpp"

#include <vector>

namespace retimu {

class Mahalanobis final : public LinearDetector {
 public:
  std::optional<double> read(const void* state, const Observation&, Scratch) const override;
  double rank(const void* state, const Observation&, Scratch) const override;
  void explain(const void* state, const Observation&, Scratch,
               std::vector<Reason>& to) const override;
};

DetectorEntry mahalanobis_entry();

}  // namespace retimu

#endif
