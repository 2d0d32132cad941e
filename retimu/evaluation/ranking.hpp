// SPDX-License-Identifier: Apache-2.0
// How well a score ranks the labelled rows above the others, over all thresholds. None unless both
// kinds of row are there. Scores must not be NaN.
#ifndef RETIMU_EVALUATION_RANKING_HPP
#define RETIMU_EVALUATION_RANKING_HPP

#include <cstdint>
#include <optional>
#include <span>

namespace retimu {

// Chance that a labelled row scores above another, ties half. O(n log n).
std::optional<double> auc_roc(std::span<const double> score, std::span<const std::uint8_t> labels);
// Average precision: sum over thresholds of (recall gained) x precision, tied rows at once.
std::optional<double> auc_pr(std::span<const double> score, std::span<const std::uint8_t> labels);

// Volume under the surface (Paparrizos et al., VLDB 2022): the area under the curve, averaged over
// buffers of 0 to 100 rows in which labels fade on both sides of an event, at 250 thresholds taken
// at equal distances in the sorted scores, times the share of events that are touched. It forgives
// a shifted label and does not forgive noise. O(101 n).
struct Volume {
  double pr = 0, roc = 0;
};
std::optional<Volume> volume(std::span<const double> score, std::span<const std::uint8_t> labels);

}  // namespace retimu

#endif
