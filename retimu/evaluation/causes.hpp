// SPDX-License-Identifier: Apache-2.0
// Which columns went wrong, and does the scorer name them? SMD and ASD say for each event which
// columns make it up.
#ifndef RETIMU_EVALUATION_CAUSES_HPP
#define RETIMU_EVALUATION_CAUSES_HPP

#include "retimu/core/result.hpp"
#include "retimu/evaluation/sets.hpp"

#include <span>
#include <string>
#include <vector>

namespace retimu {

// A line an event, "FIRST-LAST:COLUMN,COLUMN": rows from 0, columns from 1. The last row may be
// the one behind the event. Fault::input with path and line: anything else, or what lies outside
// of so many rows and columns.
Result<std::vector<Cause>> read_causes(const std::string& path, std::size_t rows,
                                       std::size_t columns);

// Over the events with known causes; an event is told by the last revision of an alert that was
// told in it and does not say that it is over.
// - told: share of the events that are told; the next two are of these alone.
// - hit_at_1, hit_at_3: share of the told events of which the first, or any of the first three
//   columns that are named is a cause.
// - hit_at_1_by_chance: the same if a column of all were named at random.
// - event_hit_at_1: share of all events of which the column is a cause that weighs most over the
//   whole labelled event, as others count it: told or not, and its bounds known in hindsight.
// - event_hit_at_1_by_chance: the same at random.
std::vector<Figure> causes_figures(std::span<const Case> cases, std::span<const Scores> scores);

}  // namespace retimu

#endif
