// SPDX-License-Identifier: Apache-2.0
// Has the level of several columns together changed a little? The exponential mean of the last rows
// against the usual by the covariance of the columns: changes too small for one row, or one column,
// add up. Lowry, Woodall, Champ and Rigdon, "A multivariate exponentially weighted moving average
// control chart", Technometrics 1992, with the covariance learned online, shrunk, and guarded
// against outliers: see row_distance.hpp.
//
// Cost a row of d columns: 3 d^2 to score and learn, and a Cholesky of d^3 every 32 rows; 0.17 us
// for 4 columns, 5.6 us for 64. Memory: 16 d^2 + 160 d bytes. Blind to: changes shorter than some
// rows and small, drift slower than the window, which the level follows, and anything an entity of
// more than 64 columns does. Columns that wander by themselves make its mean wander, too: the
// calibration of scores has to know it.
#ifndef RETIMU_DETECTORS_MEWMA_HPP
#define RETIMU_DETECTORS_MEWMA_HPP

#include "retimu/core/detector.hpp"

namespace retimu {

DetectorEntry mewma_entry();

}  // namespace retimu

#endif
