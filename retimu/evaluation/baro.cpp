// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/baro.hpp"

#include "retimu/text/scanner.hpp"
#include "retimu/text/template_miner.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <iterator>
#include <map>
#include <numeric>

namespace retimu {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr Duration line_window = 30 * second;

// Between the two values next to it, as NumPy has it; values sorted, at least one.
double quantile(std::span<const double> sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

// Of one signal; -infinity where one of the two times has no value.
double score_of(std::span<const double> before, std::span<const double> after) {
  std::vector<double> usual;
  std::ranges::copy_if(before, std::back_inserter(usual),
                       [](double x) { return std::isfinite(x); });
  double score = -std::numeric_limits<double>::infinity();
  if (usual.empty()) return score;
  std::ranges::sort(usual);
  const double range = quantile(usual, 0.75) - quantile(usual, 0.25);
  for (const double value : after) {
    if (!std::isfinite(value)) continue;
    score = std::max(score, (value - quantile(usual, 0.5)) / (range == 0 ? 1 : range));
  }
  return score;
}

// Signals without a value at any time, for so many services.
Signals empty_signals(std::vector<Time> times, std::size_t services, std::size_t signals,
                      double value) {
  const std::vector<double> none(times.size(), value);
  return {std::move(times), {services, std::vector(signals, none)}};
}

}  // namespace

// The services are read in turn, so that the k-th row of each is of the same minute.
Signals metric_signals(const ServiceRun& run) {
  std::vector<std::size_t> counts(run.services.size());
  std::vector<Time> times;
  for (const ServiceRun::MetricRow& row : run.rows) {
    if (counts[row.service]++ == times.size()) times.push_back(row.time);
  }
  std::vector<std::size_t> metrics;
  for (std::size_t i = 0; i < run.metrics.size(); ++i) {
    if (!run.metrics[i].starts_with("Node")) metrics.push_back(i);
  }
  Signals signals = empty_signals(times, run.services.size(), metrics.size(), missing);
  std::ranges::fill(counts, 0);
  for (const ServiceRun::MetricRow& row : run.rows) {
    const std::size_t at = counts[row.service]++;
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      signals.services[row.service][i][at] = row.values[metrics[i]];
    }
  }
  return signals;
}

std::vector<TemplateId> line_templates(const ServiceRun& run) {
  Scanner scanner;
  TemplateMiner miner;
  std::vector<TemplateId> templates;
  templates.reserve(run.lines.size());
  for (const ServiceRun::Line& line : run.lines) {
    templates.push_back(miner.add(scanner.scan(line.text)));
  }
  for (TemplateId& id : templates) id = miner.root(id);
  return templates;
}

Signals line_signals(const ServiceRun& run, std::span<const TemplateId> templates, Time fault) {
  const auto begin_of = [&](Time time) {
    const Duration behind = (time - fault) % line_window;
    return time - (behind < 0 ? behind + line_window : behind);
  };
  std::vector<Time> times;
  for (const ServiceRun::Line& line : run.lines) {
    const Time time = begin_of(line.time);
    if (times.empty() || times.back() != time) times.push_back(time);
  }
  Signals signals = empty_signals(times, run.services.size(), 0, 0);
  std::vector<std::map<TemplateId, std::size_t>> places(run.services.size());
  for (std::size_t i = 0; i < run.lines.size(); ++i) {
    const ServiceRun::Line& line = run.lines[i];
    std::vector<std::vector<double>>& counts = signals.services[line.service];
    const auto [place, is_new] = places[line.service].try_emplace(templates[i], counts.size());
    if (is_new) counts.emplace_back(times.size());
    const auto at = std::ranges::lower_bound(times, begin_of(line.time));
    counts[place->second][static_cast<std::size_t>(at - times.begin())] += 1;
  }
  return signals;
}

std::vector<double> baro_scores(const Signals& signals, Time fault, const BaroReach& reach) {
  const auto place = [&](Time time) {
    return static_cast<std::size_t>(std::ranges::lower_bound(signals.times, time) -
                                    signals.times.begin());
  };
  const std::size_t begin = place(fault - reach.before), middle = place(fault),
                    end = place(fault + reach.after);
  std::vector<double> scores;
  for (const std::vector<std::vector<double>>& service : signals.services) {
    double score = -std::numeric_limits<double>::infinity();
    for (const std::vector<double>& signal : service) {
      const std::span<const double> values(signal);
      score = std::max(score, score_of(values.subspan(begin, middle - begin),
                                       values.subspan(middle, end - middle)));
    }
    scores.push_back(score);
  }
  return scores;
}

std::vector<std::uint32_t> ranking_of(std::span<const double> scores) {
  std::vector<std::uint32_t> ranking(scores.size());
  std::iota(ranking.begin(), ranking.end(), 0U);
  std::ranges::stable_sort(ranking, std::ranges::greater{},
                           [&](std::uint32_t service) { return scores[service]; });
  return ranking;
}

}  // namespace retimu
