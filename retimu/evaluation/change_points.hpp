// SPDX-License-Identifier: Apache-2.0
// SKAB's own figures over all its recordings together: F1, rates of false and missed alarms, and
// its change-point score, a relative of NAB's with a window of 60 s behind each change point.
#ifndef RETIMU_EVALUATION_CHANGE_POINTS_HPP
#define RETIMU_EVALUATION_CHANGE_POINTS_HPP

#include "retimu/evaluation/nab.hpp"
#include "retimu/evaluation/points.hpp"
#include "retimu/evaluation/sets.hpp"

namespace retimu {

inline constexpr Duration change_window = 60 * second;

// Labelled change points, those that nothing said within their window, and what was said outside of
// all windows.
struct ChangeCounts {
  double points = 0, missed = 0, outside = 0;
};
ChangeCounts count_changes(std::span<const Case> cases,
                           std::span<const std::span<const std::uint8_t>> changes);

// By the rows at which a change is said. 100 finds each change point in its first row and nothing
// else, 0 finds nothing. Windows that overlap are cut at the left, the first detection in a window
// counts, by a hyperbolic tangent from `true_positive` to minus `false_positive`; each detection
// outside costs `false_positive` whole. As in tsad, SKAB's library. None without a change point;
// times of a series ascend.
std::optional<double> change_point_score(std::span<const Case> cases,
                                         std::span<const std::span<const std::uint8_t>> changes,
                                         const NabProfile& profile);

// The score of one who says as many changes at random rows: the mean of 100 seeded draws over the
// rows of all cases. What a score is worth: whoever says one every 60 s has 74 on SKAB.
std::optional<double> chance_change_score(std::span<const Case> cases, std::size_t count,
                                          const NabProfile& profile);

// Where a run of ones begins, and the row behind its end: SKAB's change points of a detector of
// anomalies.
std::vector<std::uint8_t> edges_of(Flags flags);

// skab_* by the single threshold that has the best F1 over all rows, then skab_own_* by what the
// scorer decided, with what it missed and said in vain, and skab_chance_change_* of as many changes
// at random. Rates in percent, as SKAB has them.
std::vector<Figure> skab_figures(std::span<const Case> cases, std::span<const Scores> scores);

}  // namespace retimu

#endif
