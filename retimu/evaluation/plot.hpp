// SPDX-License-Identifier: Apache-2.0
// A series with its labels and what a scorer said of it, as an SVG picture.
#ifndef RETIMU_EVALUATION_PLOT_HPP
#define RETIMU_EVALUATION_PLOT_HPP

#include "retimu/evaluation/series.hpp"

#include <string>

namespace retimu {

// A place of the picture shows the smallest and largest value of the rows that fall there, so a
// spike of one row is seen in a million. Of many columns those three are drawn whose mean differs
// most within the labelled rows. Cost: O(rows x columns).
std::string to_svg(const Case& one, const Scores& scores);

}  // namespace retimu

#endif
