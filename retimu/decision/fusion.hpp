// SPDX-License-Identifier: Apache-2.0
// Fusion: the opinions of an entity's detectors become one log10 p, by the weighted harmonic mean
// of the p-values (Good 1958; Wilson 2019), which is valid under any dependence up to a slowly
// growing factor: where honest tails matter, that factor, and every other error of scale, is taken
// off by calibrating the result again.
//
//   evidence = log10( sum w_i 10^(-log10 p_i) / sum w_i ),   w_i = (n_i + 1) / (n_i + 51)
//
// One small p decides, a p near 1 takes from it at most its share of the weight: log10 2 of two
// detectors. The sums are taken relative to the smallest p, so nothing underflows, and in ascending
// order, so the order of the detectors does not change a bit. Weights fade with few samples behind
// a p. Cost: one pow10 an opinion.
#ifndef RETIMU_DECISION_FUSION_HPP
#define RETIMU_DECISION_FUSION_HPP

#include "retimu/core/decision.hpp"

#include <span>

namespace retimu {

inline constexpr std::size_t opinions_max = 64;

// log10 p, <= 0 and finite; 0 of no opinions. At most opinions_max; does not rise when any log10 p
// falls.
double fuse(std::span<const Opinion> opinions);

// The opinion with the smallest p; of equal ones the detector that is first in the pipeline's list.
// At least one opinion.
Opinion lead(std::span<const Opinion> opinions);

}  // namespace retimu

#endif
