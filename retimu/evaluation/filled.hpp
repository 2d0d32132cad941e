// SPDX-License-Identifier: Apache-2.0
// Tables without missing values, for scorers that know none.
#ifndef RETIMU_EVALUATION_FILLED_HPP
#define RETIMU_EVALUATION_FILLED_HPP

#include "retimu/evaluation/series.hpp"

namespace retimu {

struct Filled {
  Table train, rows;
};

// A missing value is the column's last one, from the train rows on; before any, the first that
// comes; 0 in a column without values.
Filled fill(const Series& series);

// What is fitted where there are no train rows: the first 15 %, at most 750 rows, at least one.
Table fit_rows(const Filled& filled);

}  // namespace retimu

#endif
