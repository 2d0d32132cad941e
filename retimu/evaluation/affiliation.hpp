// SPDX-License-Identifier: Apache-2.0
// Affiliation precision and recall (Huet, Navarro and Rossi, KDD 2022): how near detections lie to
// events and events to detections, as the chance that a place drawn at random lies further away.
// Each event is judged in its own zone, up to the middle between it and its neighbours. Exact
// integrals over continuous time, in which row i is [i, i + 1). 1 is perfect, a random detection
// has about 1/2.
#ifndef RETIMU_EVALUATION_AFFILIATION_HPP
#define RETIMU_EVALUATION_AFFILIATION_HPP

#include "retimu/evaluation/points.hpp"

namespace retimu {

struct Affiliation {
  std::optional<double> precision;  // none if nothing is flagged
  double recall = 0;
  double f1() const;
};
// None without a labelled row. O(rows).
std::optional<Affiliation> affiliation(Flags labels, Flags flagged);

}  // namespace retimu

#endif
