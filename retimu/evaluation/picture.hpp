// SPDX-License-Identifier: Apache-2.0
// A run as a picture, and as a plot of characters: what gnuplot is told to draw.
#ifndef RETIMU_EVALUATION_PICTURE_HPP
#define RETIMU_EVALUATION_PICTURE_HPP

#include "retimu/evaluation/drawn_series.hpp"

#include <functional>
#include <string>

namespace retimu {

struct PictureOptions {
  std::string path;   // .png or .svg
  std::string title;  // of the whole
  std::function<std::string(std::string_view column)> unit_of;
  bool has_row_times = false;   // times are numbers of records
  std::size_t columns_max = 6;  // drawn: the most unusual ones
};

// None if the name ends with .png or .svg.
Result<void> check_picture_path(const std::string& path);

// The script of one panel a column, one of the evidence of their entities, one of log lines and
// alarms if some came, over one axis of time.
std::string picture_script(const DrawnSeries& series, const PictureOptions& options);

// Draws it. An error where there is nothing to draw.
Result<void> draw_picture(const DrawnSeries& series, const PictureOptions& options);

// One column in so many characters, for a terminal.
struct TextSize {
  std::size_t width = 80, height = 16;
};
std::string text_plot_script(const DrawnSeries& series, std::size_t column, std::string_view unit,
                             TextSize size);

}  // namespace retimu

#endif
