// SPDX-License-Identifier: Apache-2.0
// Two scorers on the same series: by how much a measure differs and how sure that is, and which
// episodes one of them has that the other hasn't.
#ifndef RETIMU_EVALUATION_COMPARE_HPP
#define RETIMU_EVALUATION_COMPARE_HPP

#include "retimu/evaluation/series.hpp"

#include <optional>
#include <span>

namespace retimu {

// Over the series in which both have the measure.
struct Difference {
  std::size_t series = 0;
  double mean_before = 0, mean_after = 0;
  double mean = 0;           // of after - before
  double low = 0, high = 0;  // 95 % interval of it
};

// Paired percentile bootstrap (Efron and Tibshirani 1993, chapter 13): 10,000 seeded resamples of
// the series. None without a series. Both of one length.
std::optional<Difference> compare(std::span<const std::optional<double>> before,
                                  std::span<const std::optional<double>> after);

// Episodes are runs of `anomalous` in the rows that count. A true event is found if an episode
// overlaps it, at the first row of both; a false episode overlaps no event.
struct EpisodeChanges {
  std::size_t events = 0;              // true ones
  std::size_t gained = 0, lost = 0;    // events found only after, only before
  std::size_t earlier = 0, later = 0;  // of those found by both
  std::size_t same = 0;
  std::size_t false_gained = 0, false_lost = 0;  // false episodes that overlap none of the other's
  std::size_t false_kept = 0;                    // false episodes after that overlap one before

  EpisodeChanges& operator+=(const EpisodeChanges& other);
};

EpisodeChanges compare_episodes(const Truth& truth, std::span<const std::uint8_t> before,
                                std::span<const std::uint8_t> after);

}  // namespace retimu

#endif
