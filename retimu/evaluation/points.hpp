// SPDX-License-Identifier: Apache-2.0
// Measures that count rows. Labels and flags of one length.
#ifndef RETIMU_EVALUATION_POINTS_HPP
#define RETIMU_EVALUATION_POINTS_HPP

#include <cstdint>
#include <optional>
#include <span>

namespace retimu {

using Flags = std::span<const std::uint8_t>;

struct Confusion {
  double true_positive = 0, false_positive = 0, false_negative = 0, true_negative = 0;

  // None without a labelled row; 0 where nothing is hit.
  std::optional<double> f1() const;
  std::optional<double> precision() const;  // none if nothing is flagged
  std::optional<double> recall() const;
  std::optional<double> false_rate() const;   // share of the other rows that is flagged
  std::optional<double> missed_rate() const;  // share of the labelled rows that is not
};
Confusion confusion(Flags labels, Flags flagged);

// F1 after an event of which more than `share` of the rows are flagged counts as flagged whole; 0:
// point adjustment as in Xu et al. 2018, which makes random flags look good.
std::optional<double> adjusted_f1(Flags labels, Flags flagged, double share);

// Area under adjusted_f1 over shares from 0 to 1 in steps of 0.01 (PA%K, Kim et al., AAAI 2022).
std::optional<double> adjusted_area(Flags labels, Flags flagged);

}  // namespace retimu

#endif
