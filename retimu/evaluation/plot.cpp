// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/plot.hpp"

#include "retimu/evaluation/plot_parts.hpp"
#include "retimu/evaluation/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace retimu {

namespace {

constexpr std::size_t width = 1'100, lane_height = 70, lane_gap = 26, band_height = 10;
constexpr std::size_t columns_shown = 3;

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

PlotLane lane_at(double top, std::size_t height) {
  return {.top = top, .width = width, .height = static_cast<double>(height)};
}

std::string line_in(const PlotLane& lane, std::size_t rows, const ValueOfRow& value) {
  const std::vector<Extent> extents = extents_of(rows, width, value);
  return line_of(extents, lane, whole_of(extents), "line");
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
  const auto lane = [&](std::string_view name, const ValueOfRow& value) {
    body += bands_of(one.truth.labels, lane_at(top, lane_height), "label");
    body += caption(name, top);
    body += line_in(lane_at(top, lane_height), rows, value);
    top += lane_height + lane_gap;
  };
  for (const std::size_t k : columns) {
    lane(one.series.columns[k], [&](std::size_t i) { return one.series.rows.row(i)[k]; });
  }
  lane("score", [&](std::size_t i) { return scores.score[i]; });
  if (scores.has_decisions()) {
    body += caption("anomalous, and where alerts began", top);
    body += bands_of(scores.anomalous, lane_at(top, band_height), "anomalous");
    body += bands_of(scores.alert, lane_at(top, 2 * band_height), "alert");
    top += 3 * band_height;
  }
  const double unjudged = place_of(lane_at(0, 0), one.truth.judged_from, rows);
  if (unjudged > 0) {
    body +=
        fmt::format("<rect class=\"unjudged\" x=\"0\" y=\"0\" width=\"{:.1f}\" height=\"{}\"/>\n",
                    unjudged, top);
  }
  return fmt::format("<svg viewBox=\"0 0 {} {}\" width=\"{}\">\n{}</svg>\n", width, top, width,
                     body);
}

}  // namespace retimu
