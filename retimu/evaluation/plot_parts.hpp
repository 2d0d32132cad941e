// SPDX-License-Identifier: Apache-2.0
// The pieces of an SVG picture of a series: lanes that share a time axis, and what is drawn in one.
#ifndef RETIMU_EVALUATION_PLOT_PARTS_HPP
#define RETIMU_EVALUATION_PLOT_PARTS_HPP

#include "retimu/evaluation/series.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace retimu {

// A place of the picture, in its units; the rows of a series are spread over its width.
struct PlotLane {
  double left = 0, top = 0, width = 0, height = 0;
};

// Smallest and largest value; low > high: there is none.
struct Extent {
  double low = 0, high = 0;
};
Extent no_extent();
void widen(Extent& extent, double value);  // what is not finite is left out

using ValueOfRow = std::function<double(std::size_t row)>;

// The extent of the rows that fall into each of `places` equal parts, so a spike of one row is seen
// in a million. Cost: O(rows).
std::vector<Extent> extents_of(std::size_t rows, std::size_t places, const ValueOfRow& value);
Extent whole_of(std::span<const Extent> extents);

// Where a row begins, from the left edge of the picture.
double place_of(const PlotLane& lane, std::size_t row, std::size_t rows);
// Where a value lies in a lane that shows `shown`, from the top of the picture. The lane's foot
// where `shown` has no height.
double height_of(const PlotLane& lane, const Extent& shown, double value);

// A path of class `kind` through the extents, which are spread over the lane. Places without a
// value are left out.
std::string line_of(std::span<const Extent> extents, const PlotLane& lane, const Extent& shown,
                    std::string_view kind);
// A rectangle of class `kind` for every run of ones.
std::string bands_of(std::span<const std::uint8_t> flags, const PlotLane& lane,
                     std::string_view kind);

}  // namespace retimu

#endif
