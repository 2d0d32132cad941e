// SPDX-License-Identifier: Apache-2.0
// Calibration: any detector's score becomes log10 of the chance of one this high if nothing is
// wrong.
//
// Idea: remember the distribution of past scores as a sorted sketch and answer with the conformal
// rank (scores above + 1/2) / (n + 1), whose distribution is known for exchangeable scores
// whatever their law (Vovk, Gammerman and Shafer 2005, chapter 2). Beyond the last ten remembered
// scores a generalised Pareto tail goes on (Pickands 1975; shape and scale by L-moments, Hosking
// and Wallis 1987).
// - Sketch: the merging t-digest (Dunning and Ertl 2019) with a one-sided size rule: a centroid
//   holds at most a fixed share of what lies above it, so ranks have a constant relative error in
//   p, the largest scores stand alone, and 48 centroids last for ever. It scales itself: z-scores,
//   isolation scores in [0, 1] and evidence in decades need no setting. Equal scores form an atom,
//   which keeps its mid-rank.
// - Forgetting: a score's weight falls by a factor e in `memory` learned scores. While fewer are
//   known, the weight of the m-th of n is sqrt(m / n), as a detector's first scores are its
//   wildest. The effective number is the sum of weights: two thirds of the scores learned, at last
//   `memory`.
// - Tail: fitted to the highest tenth, leaning on a prior: 30 scores that say shape 0.1, 3 that
//   say the scale of the body. Both fade with n. The uncertainty of the scale from m scores is
//   paid by exp(-x) -> (1 + x / m)^-m, the exact predictive tail of an exponential. A shape below
//   0 gives not an end but a Gaussian-like hazard that rises linearly: nothing is ever capped.
// - Faults must not bend the tail: of the nine highest scores (a hundredth of them below 900), one
//   that lies beyond 1 / (1,000 n) by the tail of the others counts as one just there. But three
//   that are exactly alike come of a column that takes few values, such as a flag that is set now
//   and then: the tail is stretched until it gives the k-th highest score that is not doubted
//   e^-(4 / sqrt(k)) of the chance of its rank.
// - Before the first four scores p is 1/2 or so.
//
// Cost: 1,088 bytes; 85 ns to rate and learn a score. Rank and tail are refreshed when a sixteenth
// is new: every 4 scores at first, every 32 from 512 on.
// Blind: it takes scores for exchangeable. A detector that is still learning has other scores than
// later, and autocorrelated scores are worth fewer than their number. A p below 1 / n is
// extrapolation. Faults that differ in size are told again each time, up to nine in a memory.
#ifndef RETIMU_DECISION_CALIBRATION_HPP
#define RETIMU_DECISION_CALIBRATION_HPP

#include "retimu/core/decision.hpp"

#include <memory>

namespace retimu {

struct CalibrationOptions {
  double memory = 10'000;  // scores, 100 to 1e6; the effective number never exceeds it
};

std::unique_ptr<Calibration> make_calibration(CalibrationOptions options = {});

}  // namespace retimu

#endif
