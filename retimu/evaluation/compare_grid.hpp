// SPDX-License-Identifier: Apache-2.0
// A comparison of two scorers over a set, as tables and as JSON.
#ifndef RETIMU_EVALUATION_COMPARE_GRID_HPP
#define RETIMU_EVALUATION_COMPARE_GRID_HPP

#include "retimu/evaluation/table.hpp"

namespace retimu {

// Every measure with its means, the difference and its interval; the episodes; the figures of the
// set. Both rows are of the same cases.
std::vector<Grid> comparison_grids(std::span<const Case> cases, const JudgedSet& before,
                                   const JudgedSet& after);
std::string comparison_json(const SetEntry& set, std::span<const Case> cases,
                            const JudgedSet& before, const JudgedSet& after);

}  // namespace retimu

#endif
