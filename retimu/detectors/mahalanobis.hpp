// SPDX-License-Identifier: Apache-2.0
// How far does a row lie from the usual, in the metric of its columns' covariance? Columns that
// usually go together and now part are far apart, though each by itself is as usual. Mahalanobis,
// "On the generalised distance in statistics", 1936; as a control chart: Hotelling 1947. The
// covariance is learned online, shrunk, and guarded against outliers: see row_distance.hpp.
//
// Cost a row of d columns: 3 d^2 to score and learn, and a Cholesky of d^3 every 32 rows; 0.17 us
// for 4 columns, 5.6 us for 64. Memory: 16 d^2 + 160 d bytes. Blind to: order in time, lags between
// columns (see linear_prediction), nonlinear relations, small changes that last (see mewma), and
// anything an entity of more than 64 columns does.
#ifndef RETIMU_DETECTORS_MAHALANOBIS_HPP
#define RETIMU_DETECTORS_MAHALANOBIS_HPP

#include "retimu/core/detector.hpp"

namespace retimu {

DetectorEntry mahalanobis_entry();

}  // namespace retimu

#endif
