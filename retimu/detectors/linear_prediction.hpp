// SPDX-License-Identifier: Apache-2.0
// How badly does a linear model of the last rows foretell this one, and how far does the row lie
// from the usual correlation of its columns? A ridge regression of all columns on their last three
// rows (vector autoregression, Luetkepohl 2005), and a Mahalanobis distance by a correlation matrix
// that is shrunk towards the identity, both from the same running moments. Each also by a snapshot
// of the past: what has moved slowly with the fault is still seen by it.
//
// The score is the mean of log(1 + S / 10) over the statistics; rows rank by that smoothed over
// about 10 rows.
// - Untrained: the first 128 rows start it, then it learns from rows while they are calm (the
//   gate), but never refuses for more than 500 rows (patience). Four statistics.
// - Trained (at least 128 rows): it learns from the training rows alone and stays as it is: a plant
//   that was shown its usual state is judged by that. Two statistics.
//
// Above 64 columns they are put into blocks of at most 32 that went together in the first 128 rows
// (column_blocks.hpp). Each block has a model, gate and snapshot of its own, and the score is half
// the mean of theirs and half the largest: a fault of a few columns must not drown among many.
//
// Missing columns: the last value. Starts anew when a column is added. Abstains for the first 128
// rows, and for an entity of one column or more than 1024.
// Cost a row of d columns in one block: 4 d^2 twice to score, half of (4 d)^2 to learn, and a
// Cholesky of (3 d)^3 / 3 every 32 to 156 rows: 5 us at 38 columns; in blocks 0.15 to 0.2 us a
// column, and once, after the first 128 rows, 64 d^2 to group them. Memory: about 15 d^2 + 49 d
// numbers of 8 bytes, 188 KB at 38 columns; in blocks 4.2 KB a column; mahalanobis beside it takes
// no more. Blind to: columns that get quiet together, drift slower than it learns, what happens
// between columns only now and then or across blocks, cycles longer than three rows.
#ifndef RETIMU_DETECTORS_LINEAR_PREDICTION_HPP
#define RETIMU_DETECTORS_LINEAR_PREDICTION_HPP

#include "retimu/detectors/linear_detector.hpp"

#include <vector>

namespace retimu {

class LinearPrediction final : public LinearDetector {
 public:
  std::optional<double> read(const void* state, const Observation&, Scratch) const override;
  double rank(const void* state, const Observation&, Scratch) const override;
  void explain(const void* state, const Observation&, Scratch,
               std::vector<Reason>& to) const override;
};

DetectorEntry linear_prediction_entry();

}  // namespace retimu

#endif
