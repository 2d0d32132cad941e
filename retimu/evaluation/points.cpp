// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/points.hpp"

#include "retimu/core/result.hpp"
#include "retimu/evaluation/measures.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

namespace retimu {

namespace {

std::optional<double> ratio(double part, double whole) {
  if (whole == 0) return std::nullopt;
  return part / whole;
}

// Of the rows of an event, how many are flagged.
std::size_t hits(Flags flagged, const Span& event) {
  return static_cast<std::size_t>(std::ranges::count_if(
      flagged.subspan(event.begin, event.length()), [](auto flag) { return flag != 0; }));
}

std::optional<double> f1_of(Confusion counts, std::span<const Span> events, Flags flagged,
                            double share) {
  for (const Span& event : events) {
    const auto rows = static_cast<double>(event.length());
    const auto found = static_cast<double>(hits(flagged, event));
    if (found <= share * rows) continue;
    counts.true_positive += rows - found;
    counts.false_negative -= rows - found;
  }
  return counts.f1();
}

}  // namespace

std::optional<double> Confusion::f1() const {
  if (true_positive + false_negative == 0) return std::nullopt;
  return 2 * true_positive / (2 * true_positive + false_positive + false_negative);
}

std::optional<double> Confusion::precision() const {
  return ratio(true_positive, true_positive + false_positive);
}

std::optional<double> Confusion::recall() const {
  return ratio(true_positive, true_positive + false_negative);
}

std::optional<double> Confusion::false_rate() const {
  return ratio(false_positive, false_positive + true_negative);
}

std::optional<double> Confusion::missed_rate() const {
  return ratio(false_negative, true_positive + false_negative);
}

Confusion confusion(Flags labels, Flags flagged) {
  RETIMU_ASSERT(labels.size() == flagged.size());
  Confusion counts;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] != 0) {
      ++(flagged[i] != 0 ? counts.true_positive : counts.false_negative);
    } else {
      ++(flagged[i] != 0 ? counts.false_positive : counts.true_negative);
    }
  }
  return counts;
}

std::optional<double> adjusted_f1(Flags labels, Flags flagged, double share) {
  return f1_of(confusion(labels, flagged), spans_of(labels), flagged, share);
}

std::optional<double> adjusted_area(Flags labels, Flags flagged) {
  constexpr int steps = 100;
  const Confusion counts = confusion(labels, flagged);
  const std::vector<Span> events = spans_of(labels);
  double area = 0;
  for (int i = 0; i <= steps; ++i) {
    const std::optional<double> f1 = f1_of(counts, events, flagged, static_cast<double>(i) / steps);
    if (!f1) return std::nullopt;
    area += (i == 0 || i == steps ? 0.5 : 1.0) * *f1 / steps;
  }
  return area;
}

double best_threshold(std::span<const double> score, Flags labels) {
  RETIMU_ASSERT(score.size() == labels.size());
  std::vector<std::size_t> order(score.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) { return score[i]; });
  const auto ones =
      static_cast<double>(std::ranges::count_if(labels, [](auto label) { return label != 0; }));
  double hit = 0, best = 0, threshold = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < order.size(); ++i) {
    hit += labels[order[i]] != 0 ? 1 : 0;
    const bool is_tied = i + 1 < order.size() && score[order[i + 1]] == score[order[i]];
    if (is_tied) continue;
    const double f1 = 2 * hit / (static_cast<double>(i + 1) + ones);
    if (f1 > best) {
      best = f1;
      threshold = score[order[i]];
    }
  }
  return threshold;
}

}  // namespace retimu
