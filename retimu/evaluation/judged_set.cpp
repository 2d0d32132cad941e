// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/judged_set.hpp"

#include "retimu/core/result.hpp"

#include <algorithm>

namespace retimu {

JudgedSeries judge_series(const Case& one, const Scores& scores) {
  const std::size_t rows = one.truth.labels.size();
  RETIMU_ASSERT(scores.score.size() == rows && one.series.times.size() == rows);
  const std::size_t first = std::min(one.truth.judged_from, rows);
  const auto counted = [&](const auto& all) { return std::span(all).subspan(first); };
  Judged judged;
  judged.score = counted(scores.score);
  judged.labels = counted(one.truth.labels);
  judged.times = counted(one.series.times);

  const double threshold = best_threshold(judged.score, judged.labels);
  std::vector<std::uint8_t> flagged, began;
  for (const double score : judged.score) {
    const bool was_flagged = !flagged.empty() && flagged.back() != 0;
    flagged.push_back(score >= threshold ? 1 : 0);
    began.push_back(flagged.back() != 0 && !was_flagged ? 1 : 0);
  }
  judged.flagged = flagged;
  judged.alerts = began;
  JudgedSeries result;
  for (const Measure& measure : measures()) result.best.push_back(measure.of(judged));
  if (!scores.has_decisions()) return result;
  judged.flagged = counted(scores.anomalous);
  judged.alerts = counted(scores.alert);
  for (const Measure& measure : measures()) {
    result.own.push_back(measure.needs == Needs::score ? std::nullopt : measure.of(judged));
  }
  return result;
}

Values JudgedSet::best(std::size_t measure) const {
  Values values;
  for (const JudgedSeries& one : series) values.push_back(one.best[measure]);
  return values;
}

Values JudgedSet::own(std::size_t measure) const {
  Values values;
  for (const JudgedSeries& one : series) {
    values.push_back(one.own.empty() ? std::nullopt : one.own[measure]);
  }
  return values;
}

std::optional<double> mean_of(const Values& values) {
  double sum = 0;
  std::size_t count = 0;
  for (const std::optional<double>& value : values) {
    if (!value) continue;
    sum += *value;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

}  // namespace retimu
