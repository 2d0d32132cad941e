// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/plot_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace retimu {

namespace {

// Half a unit is as fine as a line is drawn; short numbers keep pictures small.
double on_grid(double place) { return std::round(2 * place) / 2; }

// Points of a path, each told by its distance from the one before.
class PathText {
 public:
  void add(double x, double y) {
    x = on_grid(x);
    y = on_grid(y);
    if (count_ == 0) {
      text_ = fmt::format("M{} {}", x, y);
    } else {
      text_ += fmt::format("{}{} {}", count_ == 1 ? "l" : " ", x - last_x_, y - last_y_);
    }
    last_x_ = x;
    last_y_ = y;
    ++count_;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  double last_x_ = 0, last_y_ = 0;
  std::size_t count_ = 0;  // points
};

}  // namespace

Extent no_extent() {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return {infinity, -infinity};
}

void widen(Extent& extent, double value) {
  if (!std::isfinite(value)) return;
  extent.low = std::min(extent.low, value);
  extent.high = std::max(extent.high, value);
}

std::vector<Extent> extents_of(std::size_t rows, std::size_t places, const ValueOfRow& value) {
  std::vector<Extent> extents(places, no_extent());
  const PlotLane lane{.width = static_cast<double>(places)};
  for (std::size_t i = 0; i < rows; ++i) {
    const auto place = static_cast<std::size_t>(place_of(lane, i, rows));
    widen(extents[std::min(place, places - 1)], value(i));
  }
  return extents;
}

Extent whole_of(std::span<const Extent> extents) {
  Extent whole = no_extent();
  for (const Extent& extent : extents) {
    widen(whole, extent.low);
    widen(whole, extent.high);
  }
  return whole;
}

double place_of(const PlotLane& lane, std::size_t row, std::size_t rows) {
  return lane.left + static_cast<double>(row) * lane.width /
                         static_cast<double>(std::max<std::size_t>(rows, 1));
}

double height_of(const PlotLane& lane, const Extent& shown, double value) {
  const double scale = shown.high > shown.low ? lane.height / (shown.high - shown.low) : 0;
  return lane.top + lane.height - (value - shown.low) * scale;
}

std::string line_of(std::span<const Extent> extents, const PlotLane& lane, const Extent& shown,
                    std::string_view kind) {
  PathText path;
  for (std::size_t i = 0; i < extents.size(); ++i) {
    const Extent& extent = extents[i];
    if (extent.low > extent.high) continue;
    const double x = place_of(lane, i, extents.size());
    path.add(x, height_of(lane, shown, extent.high));
    if (extent.low < extent.high) path.add(x, height_of(lane, shown, extent.low));
  }
  return fmt::format("<path class=\"{}\" d=\"{}\"/>\n", kind, path.text());
}

std::string bands_of(std::span<const std::uint8_t> flags, const PlotLane& lane,
                     std::string_view kind) {
  std::string text;
  for (const Span& span : spans_of(flags)) {
    const double begin = place_of(lane, span.begin, flags.size());
    const double length = std::max(place_of(lane, span.end, flags.size()) - begin, 1.0);
    text +=
        fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>\n",
                    kind, begin, lane.top, length, lane.height);
  }
  return text;
}

}  // namespace retimu
