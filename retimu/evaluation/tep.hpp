// SPDX-License-Identifier: Apache-2.0
// How the Tennessee Eastman process is judged (Russell, Chiang and Braatz 2000): by each fault's
// share of rows above a limit that 1 % of the normal rows exceed, and the time until it is seen.
#ifndef RETIMU_EVALUATION_TEP_HPP
#define RETIMU_EVALUATION_TEP_HPP

#include "retimu/evaluation/sets.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

inline constexpr std::size_t tep_fault_row = 160;  // of a test run, where its fault begins
inline constexpr Duration tep_row_distance = 3 * minute;
inline constexpr std::string_view tep_normal = "d00";  // the run without a fault

struct TepFault {
  std::string name;               // "d01"
  double rate = 0;                // share of its rows above the limit
  std::optional<Duration> delay;  // to the first of six rows above it in a row, if there are such
};

struct TepScore {
  double limit = 0;
  double false_rate = 0;  // share of the normal rows above the limit; ties keep it below 1 %
  std::vector<TepFault> faults;
};

// Normal are the rows without a label, of all runs. None if there are no such rows.
std::optional<TepScore> tep_score(std::span<const Case> cases, std::span<const Scores> scores);

// tep_rate_* in percent and tep_delay_* in minutes by fault; means of both over the faults, and of
// the rate without 3, 9 and 15, which can hardly be told from normal operation.
std::vector<Figure> tep_figures(std::span<const Case> cases, std::span<const Scores> scores);

}  // namespace retimu

#endif
