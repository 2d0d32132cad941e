// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/ranges.hpp"

#include "retimu/core/result.hpp"
#include "retimu/evaluation/series.hpp"

#include <algorithm>

namespace retimu {

namespace {

// Mean over `ranges` of the share that `others` cover, divided by how many of them do.
std::optional<double> mean_cover(const std::vector<Span>& ranges, const std::vector<Span>& others) {
  if (ranges.empty()) return std::nullopt;
  double sum = 0;
  std::size_t first = 0;
  for (const Span& range : ranges) {
    while (first < others.size() && others[first].end <= range.begin) ++first;
    double covered = 0, pieces = 0;
    for (std::size_t i = first; i < others.size() && others[i].begin < range.end; ++i) {
      covered += static_cast<double>(std::min(range.end, others[i].end) -
                                     std::max(range.begin, others[i].begin));
      ++pieces;
    }
    if (pieces > 0) sum += covered / static_cast<double>(range.length()) / pieces;
  }
  return sum / static_cast<double>(ranges.size());
}

}  // namespace

std::optional<double> range_recall(Flags labels, Flags flagged) {
  RETIMU_ASSERT(labels.size() == flagged.size());
  return mean_cover(spans_of(labels), spans_of(flagged));
}

std::optional<double> range_precision(Flags labels, Flags flagged) {
  return range_recall(flagged, labels);
}

std::optional<double> range_f1(Flags labels, Flags flagged) {
  const std::optional<double> recall = range_recall(labels, flagged);
  if (!recall) return std::nullopt;
  const double precision = range_precision(labels, flagged).value_or(0);
  return precision + *recall == 0 ? 0 : 2 * precision * *recall / (precision + *recall);
}

}  // namespace retimu
