// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/change_points.hpp"

#include "retimu/core/random.hpp"
#include "retimu/core/result.hpp"
#include "retimu/evaluation/measures.hpp"
#include "retimu/stats/elementary.hpp"

#include <algorithm>

namespace retimu {

namespace {

struct Window {
  Time begin, end;  // both belong to it
};

std::vector<Window> windows_of(const Case& one) {
  std::vector<Window> windows;
  for (const std::size_t row : one.truth.changes) {
    const Time time = one.series.times[row];
    Window window{time, add_saturated(time, change_window)};
    if (!windows.empty()) window.begin = std::max(window.begin, windows.back().end);
    windows.push_back(window);
  }
  return windows;
}

double tangent(double x) {
  const double power = elementary::exp(2 * x);
  return (power - 1) / (power + 1);
}

// tsad reads the value from a table of 1,000 steps over the window.
double worth_at(Time time, const Window& window, const NabProfile& profile) {
  constexpr int steps = 1'000;
  constexpr double quarter_turn = 1.5707963267948966;
  const double place =
      static_cast<double>(time - window.begin) / static_cast<double>(window.end - window.begin);
  const int step = std::min(static_cast<int>(place * steps), steps - 1);
  const double x = -quarter_turn + step * (2 * quarter_turn / (steps - 1));
  const double half = (profile.true_positive + profile.false_positive) / 2;
  return -half * tangent(x) / tangent(quarter_turn) + half - profile.false_positive;
}

// What changes are worth, added to `sum`; and how many they were.
ChangeCounts tally(const Case& one, std::span<const std::uint8_t> changes,
                   const NabProfile& profile, double& sum) {
  const std::vector<Window> windows = windows_of(one);
  std::vector<bool> is_found(windows.size(), false);
  ChangeCounts counts;
  counts.points = counts.missed = static_cast<double>(windows.size());
  sum -= profile.false_negative * counts.points;
  for (std::size_t row = 0; row < changes.size(); ++row) {
    if (changes[row] == 0) continue;
    const Time time = one.series.times[row];
    bool is_outside = true;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      if (time < windows[i].begin || time > windows[i].end) continue;
      is_outside = false;
      if (is_found[i]) continue;
      is_found[i] = true;
      --counts.missed;
      sum += profile.false_negative + worth_at(time, windows[i], profile);
    }
    if (!is_outside) continue;
    ++counts.outside;
    sum -= profile.false_positive;
  }
  return counts;
}

struct Pooled {
  std::vector<std::uint8_t> labels;
  std::vector<double> score;
};

Pooled pool(std::span<const Case> cases, std::span<const Scores> scores) {
  Pooled pooled;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& labels = cases[i].truth.labels;
    pooled.labels.insert(pooled.labels.end(), labels.begin(), labels.end());
    pooled.score.insert(pooled.score.end(), scores[i].score.begin(), scores[i].score.end());
  }
  return pooled;
}

using Rows = std::vector<std::vector<std::uint8_t>>;

std::optional<double> percent(std::optional<double> share) {
  return share ? std::optional(100 * *share) : std::nullopt;
}

// `flagged` and `changes` by case; empty: the scorer decides nothing.
void add_figures(const std::string& prefix, std::span<const Case> cases,
                 std::span<const std::uint8_t> labels, const Rows& flagged, const Rows& changes,
                 std::vector<Figure>& figures) {
  std::vector<std::uint8_t> all;
  for (const auto& rows : flagged) all.insert(all.end(), rows.begin(), rows.end());
  const auto counts = all.empty() ? std::nullopt : std::optional(confusion(labels, all));
  figures.push_back({prefix + "f1", counts ? counts->f1() : std::nullopt});
  figures.push_back({prefix + "far", counts ? percent(counts->false_rate()) : std::nullopt});
  figures.push_back({prefix + "mar", counts ? percent(counts->missed_rate()) : std::nullopt});
  const std::vector<std::span<const std::uint8_t>> spans(changes.begin(), changes.end());
  for (const NabProfile& profile : nab_profiles()) {
    figures.push_back({prefix + "change_" + std::string(profile.name),
                       counts ? change_point_score(cases, spans, profile) : std::nullopt});
  }
}

}  // namespace

std::optional<double> change_point_score(std::span<const Case> cases,
                                         std::span<const std::span<const std::uint8_t>> changes,
                                         const NabProfile& profile) {
  RETIMU_ASSERT(cases.size() == changes.size());
  double sum = 0, points = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    points += tally(cases[i], changes[i], profile, sum).points;
  }
  if (points == 0) return std::nullopt;
  const double null = -profile.false_negative * points;
  return 100 * (sum - null) / (profile.true_positive * points - null);
}

ChangeCounts count_changes(std::span<const Case> cases,
                           std::span<const std::span<const std::uint8_t>> changes) {
  RETIMU_ASSERT(cases.size() == changes.size());
  ChangeCounts all;
  double sum = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const ChangeCounts of = tally(cases[i], changes[i], nab_profiles()[0], sum);
    all.points += of.points;
    all.missed += of.missed;
    all.outside += of.outside;
  }
  return all;
}

std::optional<double> chance_change_score(std::span<const Case> cases, std::size_t count,
                                          const NabProfile& profile) {
  constexpr int draws = 100;
  std::size_t rows = 0;
  for (const Case& one : cases) rows += one.truth.labels.size();
  if (rows == 0) return std::nullopt;
  Random random(1);
  double sum = 0;
  for (int draw = 0; draw < draws; ++draw) {
    std::vector<std::uint8_t> said(rows, 0);
    for (std::size_t i = 0; i < count; ++i) said[random.below(rows)] = 1;
    std::vector<std::span<const std::uint8_t>> parts;
    std::span<const std::uint8_t> rest(said);
    for (const Case& one : cases) {
      parts.push_back(rest.first(one.truth.labels.size()));
      rest = rest.subspan(one.truth.labels.size());
    }
    const std::optional<double> score = change_point_score(cases, parts, profile);
    if (!score) return std::nullopt;
    sum += *score / draws;
  }
  return sum;
}

std::vector<std::uint8_t> edges_of(Flags flags) {
  std::vector<std::uint8_t> edges;
  std::uint8_t before = 0;
  for (const std::uint8_t flag : flags) {
    edges.push_back(flag != before ? 1 : 0);
    before = flag;
  }
  return edges;
}

std::vector<Figure> skab_figures(std::span<const Case> cases, std::span<const Scores> scores) {
  RETIMU_ASSERT(cases.size() == scores.size());
  const Pooled pooled = pool(cases, scores);
  const double threshold = best_threshold(pooled.score, pooled.labels);
  Rows flagged, edges, decided, said;
  for (const Scores& one : scores) {
    std::vector<std::uint8_t> rows;
    for (const double score : one.score) rows.push_back(score >= threshold ? 1 : 0);
    edges.push_back(edges_of(rows));
    flagged.push_back(std::move(rows));
    decided.push_back(one.anomalous);
    said.push_back(one.change);
  }
  std::vector<Figure> figures;
  add_figures("skab_", cases, pooled.labels, flagged, edges, figures);
  add_figures("skab_own_", cases, pooled.labels, decided, said, figures);
  const bool decides = std::ranges::all_of(scores, &Scores::has_decisions);
  const std::vector<std::span<const std::uint8_t>> spans(said.begin(), said.end());
  const ChangeCounts counts = decides ? count_changes(cases, spans) : ChangeCounts();
  figures.push_back(
      {"skab_own_change_missed", decides ? std::optional(counts.missed) : std::nullopt});
  figures.push_back(
      {"skab_own_change_false", decides ? std::optional(counts.outside) : std::nullopt});
  std::size_t count = 0;
  for (const auto& rows : said) count += static_cast<std::size_t>(std::ranges::count(rows, 1));
  for (const NabProfile& profile : nab_profiles()) {
    figures.push_back({"skab_chance_change_" + std::string(profile.name),
                       decides ? chance_change_score(cases, count, profile) : std::nullopt});
  }
  return figures;
}

}  // namespace retimu
