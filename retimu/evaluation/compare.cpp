// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/compare.hpp"

#include "retimu/core/random.hpp"
#include "retimu/core/result.hpp"

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

constexpr std::size_t resamples = 10'000;
constexpr std::uint64_t resample_seed = 20'261'125;
constexpr double outside = 0.025;  // of the interval, at each end

double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

bool overlap(const Span& a, const Span& b) { return a.begin < b.end && b.begin < a.end; }

const Span* first_overlapping(std::span<const Span> spans, const Span& with) {
  const auto at = std::ranges::find_if(spans, [&](const Span& one) { return overlap(one, with); });
  return at == spans.end() ? nullptr : &*at;
}

std::vector<Span> false_ones(std::span<const Span> episodes, std::span<const Span> events) {
  std::vector<Span> list;
  for (const Span& episode : episodes) {
    if (first_overlapping(events, episode) == nullptr) list.push_back(episode);
  }
  return list;
}

}  // namespace

std::optional<Difference> compare(std::span<const std::optional<double>> before,
                                  std::span<const std::optional<double>> after) {
  RETIMU_ASSERT(before.size() == after.size());
  std::vector<double> olds, news, differences;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!before[i] || !after[i]) continue;
    olds.push_back(*before[i]);
    news.push_back(*after[i]);
    differences.push_back(*after[i] - *before[i]);
  }
  if (differences.empty()) return std::nullopt;
  Difference result{differences.size(), mean_of(olds), mean_of(news), mean_of(differences)};
  Random random(resample_seed);
  std::vector<double> means;
  means.reserve(resamples);
  for (std::size_t i = 0; i < resamples; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < differences.size(); ++k) {
      sum += differences[random.below(differences.size())];
    }
    means.push_back(sum / static_cast<double>(differences.size()));
  }
  std::ranges::sort(means);
  const auto rank = static_cast<std::size_t>(outside * static_cast<double>(resamples));
  result.low = means[rank];
  result.high = means[resamples - 1 - rank];
  return result;
}

EpisodeChanges& EpisodeChanges::operator+=(const EpisodeChanges& other) {
  events += other.events;
  gained += other.gained;
  lost += other.lost;
  earlier += other.earlier;
  later += other.later;
  same += other.same;
  false_gained += other.false_gained;
  false_lost += other.false_lost;
  false_kept += other.false_kept;
  return *this;
}

EpisodeChanges compare_episodes(const Truth& truth, std::span<const std::uint8_t> before,
                                std::span<const std::uint8_t> after) {
  RETIMU_ASSERT(before.size() == truth.labels.size() && after.size() == before.size());
  const std::size_t from = std::min(truth.judged_from, before.size());
  const std::vector<Span> events = spans_of(std::span(truth.labels).subspan(from));
  const std::vector<Span> olds = spans_of(before.subspan(from));
  const std::vector<Span> news = spans_of(after.subspan(from));
  EpisodeChanges changes;
  changes.events = events.size();
  for (const Span& event : events) {
    const Span* was = first_overlapping(olds, event);
    const Span* is = first_overlapping(news, event);
    if (was == nullptr && is == nullptr) continue;
    if (was == nullptr) {
      ++changes.gained;
    } else if (is == nullptr) {
      ++changes.lost;
    } else {
      const std::size_t old_row = std::max(was->begin, event.begin);
      const std::size_t new_row = std::max(is->begin, event.begin);
      ++(new_row < old_row ? changes.earlier : new_row > old_row ? changes.later : changes.same);
    }
  }
  const std::vector<Span> old_false = false_ones(olds, events);
  const std::vector<Span> new_false = false_ones(news, events);
  for (const Span& episode : new_false) {
    ++(first_overlapping(old_false, episode) != nullptr ? changes.false_kept
                                                        : changes.false_gained);
  }
  for (const Span& episode : old_false) {
    if (first_overlapping(new_false, episode) == nullptr) ++changes.false_lost;
  }
  return changes;
}

}  // namespace retimu
