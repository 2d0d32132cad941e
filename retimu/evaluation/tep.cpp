// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/tep.hpp"

#include "retimu/core/result.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr std::size_t rows_to_see = 6;
constexpr std::size_t false_alarms_in = 100;  // one row of so many normal ones
constexpr std::string_view hardly_seen[] = {"d03", "d09", "d15"};

std::vector<double> normal_scores(std::span<const Case> cases, std::span<const Scores> scores) {
  std::vector<double> normal;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    for (std::size_t row = 0; row < cases[i].truth.labels.size(); ++row) {
      if (cases[i].truth.labels[row] == 0) normal.push_back(scores[i].score[row]);
    }
  }
  return normal;
}

std::size_t count_above(std::span<const double> scores, double limit) {
  return static_cast<std::size_t>(
      std::ranges::count_if(scores, [&](double score) { return score > limit; }));
}

TepFault judge(const std::string& name, std::span<const double> scores, double limit) {
  TepFault fault{name, 0, std::nullopt};
  fault.rate = static_cast<double>(count_above(scores, limit)) / static_cast<double>(scores.size());
  std::size_t above = 0;
  for (std::size_t row = 0; row < scores.size() && !fault.delay; ++row) {
    above = scores[row] > limit ? above + 1 : 0;
    if (above == rows_to_see) {
      fault.delay = static_cast<Duration>(row + 1 - rows_to_see) * tep_row_distance;
    }
  }
  return fault;
}

class Mean {
 public:
  void add(double value) {
    sum_ += value;
    ++count_;
  }
  std::optional<double> value() const {
    return count_ == 0 ? std::nullopt : std::optional(sum_ / static_cast<double>(count_));
  }

 private:
  double sum_ = 0;
  std::size_t count_ = 0;
};

}  // namespace

std::optional<TepScore> tep_score(std::span<const Case> cases, std::span<const Scores> scores) {
  RETIMU_ASSERT(cases.size() == scores.size());
  std::vector<double> normal = normal_scores(cases, scores);
  if (normal.empty()) return std::nullopt;
  const auto above = normal.begin() + static_cast<std::ptrdiff_t>(normal.size() / false_alarms_in);
  std::ranges::nth_element(normal, above, std::ranges::greater());
  TepScore result{.limit = *above, .faults = {}};
  result.false_rate =
      static_cast<double>(count_above(normal, result.limit)) / static_cast<double>(normal.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& windows = cases[i].truth.windows;
    if (windows.empty()) continue;
    result.faults.push_back(judge(
        cases[i].series.name,
        std::span(scores[i].score).subspan(windows[0].begin, windows[0].length()), result.limit));
  }
  return result;
}

std::vector<Figure> tep_figures(std::span<const Case> cases, std::span<const Scores> scores) {
  const std::optional<TepScore> result = tep_score(cases, scores);
  if (!result) return {};
  std::vector<Figure> figures;
  Mean rate, rate_seen, delay;
  for (const TepFault& fault : result->faults) {
    const auto minutes =
        fault.delay ? std::optional(static_cast<double>(*fault.delay / minute)) : std::nullopt;
    figures.push_back({"tep_rate_" + fault.name, 100 * fault.rate});
    figures.push_back({"tep_delay_" + fault.name, minutes});
    rate.add(100 * fault.rate);
    if (std::ranges::find(hardly_seen, fault.name) == std::ranges::end(hardly_seen)) {
      rate_seen.add(100 * fault.rate);
    }
    if (minutes) delay.add(*minutes);
  }
  figures.push_back({"tep_false_rate", 100 * result->false_rate});
  figures.push_back({"tep_rate", rate.value()});
  figures.push_back({"tep_rate_without_3_9_15", rate_seen.value()});
  figures.push_back({"tep_delay", delay.value()});
  return figures;
}

}  // namespace retimu
