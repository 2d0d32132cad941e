// SPDX-License-Identifier: Apache-2.0
// The measures of one series, each a number; their list is the columns of the table.
#ifndef RETIMU_EVALUATION_MEASURES_HPP
#define RETIMU_EVALUATION_MEASURES_HPP

#include "retimu/evaluation/series.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace retimu {

// What is judged of one series: its rows from Truth::judged_from on. All of one length.
struct Judged {
  std::span<const double> score;
  std::span<const std::uint8_t> labels;
  std::span<const std::uint8_t> flagged;  // 1: held for anomalous
  std::span<const std::uint8_t> alerts;   // 1: an alert began
  std::span<const Time> times;
};

enum class Needs : std::uint8_t {
  score,    // all thresholds of the score
  flagged,  // rows that a threshold, or the scorer's own decision, holds for anomalous
};

struct Measure {
  std::string_view name;         // "vus_pr"
  std::string_view title;        // "VUS-PR"; empty: a detail that tables leave out
  std::string_view description;  // one line, with a warning where it misleads
  Needs needs;
  bool more_is_better;
  // None where it is not defined: no labelled row, nothing flagged, no rows.
  std::optional<double> (*of)(const Judged& judged);
};

std::span<const Measure> measures();

// Index in measures(); the name must be there.
std::size_t measure_index(std::string_view name);

// The score at or above which rows are flagged so that the point F1 is best; the highest of equal
// ones. +inf without a labelled row. O(n log n).
double best_threshold(std::span<const double> score, std::span<const std::uint8_t> labels);

}  // namespace retimu

#endif
