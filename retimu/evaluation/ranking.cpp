// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/ranking.hpp"

#include "retimu/core/result.hpp"
#include "retimu/evaluation/series.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace retimu {

namespace {

constexpr std::size_t thresholds = 250;
constexpr std::size_t buffer_max = 100;

std::size_t count_ones(std::span<const std::uint8_t> labels) {
  return static_cast<std::size_t>(std::ranges::count_if(labels, [](auto one) { return one != 0; }));
}

bool has_both(std::span<const double> score, std::span<const std::uint8_t> labels) {
  RETIMU_ASSERT(score.size() == labels.size());
  const std::size_t ones = count_ones(labels);
  return ones > 0 && ones < labels.size();
}

// Rows by falling score.
std::vector<std::size_t> ranked(std::span<const double> score) {
  std::vector<std::size_t> order(score.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) { return score[i]; });
  return order;
}

// Calls visit(ones, zeros) for each group of tied rows, highest first.
template <class Visit>
void for_ties(std::span<const double> score, std::span<const std::uint8_t> labels, Visit visit) {
  const std::vector<std::size_t> order = ranked(score);
  for (std::size_t i = 0; i < order.size();) {
    double ones = 0, zeros = 0;
    const double value = score[order[i]];
    for (; i < order.size() && score[order[i]] == value; ++i) {
      ++(labels[order[i]] != 0 ? ones : zeros);
    }
    visit(ones, zeros);
  }
}

// How many of the thresholds a row lies below: it is predicted from that index on.
std::vector<std::size_t> first_threshold(std::span<const double> score) {
  std::vector<double> sorted(score.begin(), score.end());
  std::ranges::sort(sorted, std::ranges::greater{});
  const double step = static_cast<double>(score.size() - 1) / (thresholds - 1);
  std::vector<double> at(thresholds, sorted.back());
  for (std::size_t k = 0; k + 1 < thresholds; ++k) {
    at[k] = sorted[static_cast<std::size_t>(static_cast<double>(k) * step)];
  }
  std::vector<std::size_t> first(score.size());
  for (std::size_t i = 0; i < score.size(); ++i) {
    const auto found =
        std::ranges::partition_point(at, [&](double threshold) { return threshold > score[i]; });
    first[i] = static_cast<std::size_t>(found - at.begin());
  }
  return first;
}

// Events that grow by `reach` rows on both sides; those that meet are one.
std::vector<Span> widened(std::span<const Span> events, std::size_t reach, std::size_t rows) {
  std::vector<Span> wide;
  for (const Span& event : events) {
    const Span grown{event.begin - std::min(reach, event.begin), std::min(event.end + reach, rows)};
    if (!wide.empty() && wide.back().end > grown.begin) {
      wide.back().end = grown.end;
    } else {
      wide.push_back(grown);
    }
  }
  return wide;
}

// Labels outside the events, faded: sqrt(1 - distance / buffer) on each side, at most 1 together.
void fade(std::span<const Span> events, std::size_t buffer, std::vector<double>& labels) {
  const std::size_t reach = buffer / 2;
  const auto weight = [&](std::size_t distance) {
    return std::sqrt(1 - static_cast<double>(distance) / static_cast<double>(buffer));
  };
  for (const Span& event : events) {
    for (std::size_t d = 1; d <= reach; ++d) {
      if (event.end - 1 + d < labels.size()) labels[event.end - 1 + d] += weight(d);
      if (event.begin >= d) labels[event.begin - d] += weight(d);
    }
  }
  for (double& label : labels) label = std::min(label, 1.0);
}

void accumulate(std::vector<double>& sums) {
  std::partial_sum(sums.begin(), sums.end(), sums.begin());
}

struct Counts {
  std::vector<double> predicted;  // rows, by threshold
  double ones = 0, rows = 0;
};

Volume area(std::span<const Span> events, std::span<const std::size_t> first, const Counts& counts,
            std::size_t buffer) {
  std::vector<double> labels(first.size(), 0.0);
  for (const Span& event : events) {
    for (std::size_t i = event.begin; i < event.end; ++i) labels[i] = 1;
  }
  fade(events, buffer, labels);
  std::vector<double> hits(thresholds + 1, 0.0), found(thresholds + 1, 0.0);
  for (std::size_t i = 0; i < first.size(); ++i) hits[first[i]] += labels[i];
  const std::vector<Span> wide = widened(events, buffer / 2, first.size());
  for (const Span& event : wide) {
    const auto rows = first.subspan(event.begin, event.length());
    ++found[*std::ranges::min_element(rows)];
  }
  accumulate(hits);
  accumulate(found);
  // Faded labels count where they are predicted, the events' own always.
  std::vector<double> outside(thresholds + 1, 0.0);
  for (const Span& event : events) {
    for (std::size_t i = event.begin; i < event.end; ++i) ++outside[first[i]];
  }
  accumulate(outside);
  Volume result;
  double recall_before = 0, false_before = 0;
  for (std::size_t k = 0; k < thresholds; ++k) {
    const double faded = hits[k] - outside[k];
    const double positives = counts.ones + faded / 2;
    const double recall =
        std::min(hits[k] / positives, 1.0) * found[k] / static_cast<double>(wide.size());
    const double false_rate = (counts.predicted[k] - hits[k]) / (counts.rows - positives);
    result.pr += (recall - recall_before) * hits[k] / counts.predicted[k];
    result.roc += (false_rate - false_before) * (recall + recall_before) / 2;
    recall_before = recall;
    false_before = false_rate;
  }
  result.roc += (1 - false_before) * (1 + recall_before) / 2;
  return result;
}

}  // namespace

std::optional<double> auc_roc(std::span<const double> score, std::span<const std::uint8_t> labels) {
  if (!has_both(score, labels)) return std::nullopt;
  const auto all_ones = static_cast<double>(count_ones(labels));
  double ones_above = 0, pairs = 0;
  for_ties(score, labels, [&](double ones, double zeros) {
    pairs += zeros * (ones_above + ones / 2);
    ones_above += ones;
  });
  return pairs / (all_ones * (static_cast<double>(labels.size()) - all_ones));
}

std::optional<double> auc_pr(std::span<const double> score, std::span<const std::uint8_t> labels) {
  if (!has_both(score, labels)) return std::nullopt;
  const auto all_ones = static_cast<double>(count_ones(labels));
  double hits = 0, flagged = 0, area = 0;
  for_ties(score, labels, [&](double ones, double zeros) {
    hits += ones;
    flagged += ones + zeros;
    area += ones / all_ones * hits / flagged;
  });
  return area;
}

std::optional<Volume> volume(std::span<const double> score, std::span<const std::uint8_t> labels) {
  if (!has_both(score, labels)) return std::nullopt;
  const std::vector<Span> events = spans_of(labels);
  const std::vector<std::size_t> first = first_threshold(score);
  Counts counts{std::vector<double>(thresholds + 1, 0.0), static_cast<double>(count_ones(labels)),
                static_cast<double>(labels.size())};
  for (const std::size_t at : first) ++counts.predicted[at];
  accumulate(counts.predicted);
  Volume sum;
  for (std::size_t buffer = 0; buffer <= buffer_max; ++buffer) {
    const Volume one = area(events, first, counts, buffer);
    sum.pr += one.pr;
    sum.roc += one.roc;
  }
  return Volume{sum.pr / (buffer_max + 1), sum.roc / (buffer_max + 1)};
}

}  // namespace retimu
