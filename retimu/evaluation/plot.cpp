// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/plot.hpp"

#include "retimu/evaluation/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace retimu {

namespace {

constexpr std::size_t width = 1'100, lane_height = 70, lane_gap = 26, band_height = 10;
constexpr std::size_t columns_shown = 3;

using Value = std::function<double(std::size_t row)>;

double place_of(std::size_t row, std::size_t rows) {
  return static_cast<double>(row) * static_cast<double>(width) /
         static_cast<double>(std::max<std::size_t>(rows, 1));
}

// How far the mean of a column within the labelled rows lies from that of the others, in standard
// deviations of the whole.
double difference_of(const Case& one, std::size_t column) {
  double sum[2] = {0, 0}, squares = 0, count[2] = {0, 0};
  for (std::size_t i = 0; i < one.series.rows.rows(); ++i) {
    const double value = one.series.rows.row(i)[column];
    if (!std::isfinite(value)) continue;
    const std::size_t kind = one.truth.labels[i] != 0 ? 1 : 0;
    sum[kind] += value;
    squares += value * value;
    ++count[kind];
  }
  if (count[0] == 0 || count[1] == 0) return 0;
  const double all = count[0] + count[1], mean = (sum[0] + sum[1]) / all;
  const double deviation = std::sqrt(std::max(squares / all - mean * mean, 0.0));
  if (!(deviation > 0)) return 0;
  return std::abs(sum[1] / count[1] - sum[0] / count[0]) / deviation;
}

std::vector<std::size_t> columns_to_show(const Case& one) {
  std::vector<std::size_t> order(one.series.rows.columns);
  std::vector<double> difference(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) {
    order[k] = k;
    difference[k] = difference_of(one, k);
  }
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](std::size_t k) { return difference[k]; });
  order.resize(std::min(order.size(), columns_shown));
  return order;
}

std::string line_of(std::size_t rows, const Value& value, double top) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  std::vector<std::pair<double, double>> ranges(width, {low, high});
  for (std::size_t i = 0; i < rows; ++i) {
    const double one = value(i);
    if (!std::isfinite(one)) continue;
    auto& [least, most] = ranges[std::min(static_cast<std::size_t>(place_of(i, rows)), width - 1)];
    least = std::min(least, one);
    most = std::max(most, one);
    low = std::min(low, one);
    high = std::max(high, one);
  }
  const double scale = high > low ? static_cast<double>(lane_height) / (high - low) : 0;
  const auto y = [&](double one) {
    return top + static_cast<double>(lane_height) - (one - low) * scale;
  };
  std::string points;
  for (std::size_t x = 0; x < width; ++x) {
    const auto [least, most] = ranges[x];
    if (least > most) continue;
    points += fmt::format("{},{:.1f} ", x, y(most));
    if (least < most) points += fmt::format("{},{:.1f} ", x, y(least));
  }
  return fmt::format("<polyline class=\"line\" points=\"{}\"/>\n", points);
}

std::string bands_of(std::span<const std::uint8_t> flags, std::string_view kind, double top,
                     double height) {
  std::string text;
  for (const Span& span : spans_of(flags)) {
    const double begin = place_of(span.begin, flags.size());
    const double length = std::max(place_of(span.end, flags.size()) - begin, 1.0);
    text +=
        fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>\n",
                    kind, begin, top, length, height);
  }
  return text;
}

std::string caption(std::string_view text, double top) {
  return fmt::format("<text x=\"0\" y=\"{}\">{}</text>\n", top - 5, escape_html(text));
}

}  // namespace

std::string to_svg(const Case& one, const Scores& scores) {
  const std::size_t rows = one.series.rows.rows();
  const std::vector<std::size_t> columns = columns_to_show(one);
  std::string body;
  double top = lane_gap;
  for (const std::size_t k : columns) {
    body += bands_of(one.truth.labels, "label", top, lane_height);
    body += caption(one.series.columns[k], top);
    body += line_of(
        rows, [&](std::size_t i) { return one.series.rows.row(i)[k]; }, top);
    top += lane_height + lane_gap;
  }
  body += bands_of(one.truth.labels, "label", top, lane_height);
  body += caption("score", top);
  body += line_of(
      rows, [&](std::size_t i) { return scores.score[i]; }, top);
  top += lane_height + lane_gap;
  if (scores.has_decisions()) {
    body += caption("anomalous, and where alerts began", top);
    body += bands_of(scores.anomalous, "anomalous", top, band_height);
    body += bands_of(scores.alert, "alert", top, 2 * band_height);
    top += 3 * band_height;
  }
  const double unjudged = place_of(one.truth.judged_from, rows);
  if (unjudged > 0) {
    body +=
        fmt::format("<rect class=\"unjudged\" x=\"0\" y=\"0\" width=\"{:.1f}\" height=\"{}\"/>\n",
                    unjudged, top);
  }
  return fmt::format("<svg viewBox=\"0 0 {} {}\" width=\"{}\">\n{}</svg>\n", width, top, width,
                     body);
}

}  // namespace retimu
